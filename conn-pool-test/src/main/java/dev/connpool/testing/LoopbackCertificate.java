package dev.connpool.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * The certificate of all scripted servers, self-signed and made when it is first needed.
 */
final class LoopbackCertificate {

	static final X509Bundle BUNDLE = selfSigned("localhost", Origin.HOST);

	private LoopbackCertificate() {
	}

	static X509Bundle selfSigned(String name, String address) {
		try {
			return new CertificateBuilder().subject("CN=" + name)
				.addSanDnsName(name)
				.addSanIpAddress(address)
				.setIsCertificateAuthority(true)
				.ecp256()
				.buildSelfSigned();
		}
		catch (Exception ex) {
			throw new IllegalStateException("No certificate could be made for '%s'".formatted(name), ex);
		}
	}

}
