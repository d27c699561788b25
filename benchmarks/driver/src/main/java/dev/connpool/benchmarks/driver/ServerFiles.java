package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

import dev.connpool.benchmarks.Protocol;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * What servers and clients read: a certificate made for this run, bodies, and the
 * configuration of nginx.
 */
final class ServerFiles {

	static final String PASSWORD = "changeit";

	static final String ECHO_MODULE = "/usr/lib/nginx/modules/ngx_http_echo_module.so";

	private final Path directory;

	ServerFiles(Path directory) {
		this.directory = directory;
	}

	void write(Ports ports, boolean delays) {
		try {
			Files.createDirectories(this.directory.resolve("www"));
			Files.writeString(connectionLog(), "");
			writeCertificate();
			writeBodies();
			Files.writeString(nginxConfiguration(), configuration(ports, delays));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void writeCertificate() throws Exception {
		X509Bundle bundle = new CertificateBuilder().subject("CN=localhost")
			.addSanDnsName("localhost")
			.addSanIpAddress("127.0.0.1")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		Files.writeString(key(), bundle.getPrivateKeyPEM());
		Files.writeString(certificate(), bundle.getCertificatePEM());
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		trusted.load(null);
		trusted.setCertificateEntry("server", bundle.getCertificate());
		try (OutputStream file = Files.newOutputStream(trustStore())) {
			trusted.store(file, PASSWORD.toCharArray());
		}
	}

	private void writeBodies() throws IOException {
		Path www = www();
		Files.writeString(www.resolve("small"), "x".repeat(100));
		StringBuilder json = new StringBuilder("[");
		for (int i = 0; json.length() < 10_000; i++) {
			json.append("{\"id\":%d,\"name\":\"item number %d\",\"tags\":[\"a\",\"b\"]},".formatted(i, i));
		}
		json.append("{}]");
		Files.writeString(www.resolve("json10k"), json + " ".repeat(10 * 1024 - json.length()));
		byte[] big = new byte[1024 * 1024];
		new Random(1).nextBytes(big);
		Files.write(www.resolve("big1m"), big);
		Files.write(www.resolve("big10m"), new byte[10 * big.length]);
	}

	private String configuration(Ports ports, boolean delays) throws IOException {
		String text;
		try (InputStream template = ServerFiles.class.getResourceAsStream("nginx.conf")) {
			text = new String(Objects.requireNonNull(template).readAllBytes(), StandardCharsets.UTF_8);
		}
		String delay = delays ? "access_log ${run}/connections.log connections; echo_sleep 0.05; echo -n \"${body}\";"
				: "return 404;";
		Map<String, Object> values = Map.of("${module}", delays ? "load_module " + ECHO_MODULE + ";" : "", "${delay}",
				delay, "${h1}", ports.of(Server.NGINX, Protocol.H1), "${h1s}", ports.of(Server.NGINX, Protocol.H1S),
				"${h2}", ports.of(Server.NGINX, Protocol.H2), "${h2c}", ports.of(Server.NGINX, Protocol.H2C), "${wide}",
				ports.of(Server.NGINX_WIDE, Protocol.H2), "${status}", ports.status());
		for (Map.Entry<String, Object> value : values.entrySet()) {
			text = text.replace(value.getKey(), value.getValue().toString());
		}
		return text.replace("${run}", this.directory.toString()).replace("${body}", "x".repeat(100));
	}

	Path nginxConfiguration() {
		return this.directory.resolve("nginx.conf");
	}

	Path log(String name) {
		return this.directory.resolve(name + ".log");
	}

	Path www() {
		return this.directory.resolve("www");
	}

	Path key() {
		return this.directory.resolve("server.key");
	}

	Path certificate() {
		return this.directory.resolve("server.crt");
	}

	Path trustStore() {
		return this.directory.resolve("trust.p12");
	}

	Path connectionLog() {
		return this.directory.resolve("connections.log");
	}

}
