package dev.connpool.testing;

import java.util.function.UnaryOperator;

import dev.connpool.settings.Protocol;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * A way to carry HTTP, for tests that must hold on all of them.
 */
public enum Wire {

	/** HTTP/1.1 over cleartext. */
	H1(Carrier.H1, "http/1.1", HttpProtocol.HTTP11),

	/** HTTP/1.1 over TLS, without ALPN. */
	H1_TLS(Carrier.H1_TLS, "http/1.1", HttpProtocol.HTTP11),

	/** HTTP/2 over TLS, by ALPN. */
	H2(Carrier.H2, "h2", HttpProtocol.H2, HttpProtocol.HTTP11),

	/** HTTP/2 over cleartext, with prior knowledge. */
	H2C(Carrier.H2C, "h2c", HttpProtocol.H2C);

	private final Carrier carrier;

	private final String protocol;

	private final HttpProtocol[] offered;

	Wire(Carrier carrier, String protocol, HttpProtocol... offered) {
		this.carrier = carrier;
		this.protocol = protocol;
		this.offered = offered;
	}

	public TestServerBuilder server() {
		return new TestServerBuilder(this);
	}

	ScriptedServer scripted() {
		return switch (this) {
			case H1 -> ScriptedServer.h1();
			case H1_TLS -> ScriptedServer.h1Tls();
			case H2 -> ScriptedServer.h2();
			case H2C -> ScriptedServer.h2c();
		};
	}

	/** The default settings, with prior knowledge where that is needed. */
	public UnaryOperator<TestSettings> settings() {
		return (settings) -> (this == H2C) ? settings.protocols(Protocol.H2C) : settings;
	}

	/** The id of the protocol that is spoken. */
	public String protocol() {
		return this.protocol;
	}

	public boolean multiplexed() {
		return this.carrier.isMultiplexed();
	}

	/** The scheme of its URLs. */
	public String scheme() {
		return this.carrier.scheme();
	}

	HttpServer configure(HttpServer server, TestCertificate certificate) {
		HttpServer speaking = server.protocol(this.offered);
		return switch (this) {
			case H1, H2C -> speaking;
			case H1_TLS ->
				secure(speaking, Http11SslContextSpec.forServer(certificate.key(), certificate.certificate()));
			case H2 -> secure(speaking, Http2SslContextSpec.forServer(certificate.key(), certificate.certificate()));
		};
	}

	private static HttpServer secure(HttpServer server, GenericSslContextSpec<?> context) {
		return server.secure((ssl) -> ssl.sslContext(context));
	}

}
