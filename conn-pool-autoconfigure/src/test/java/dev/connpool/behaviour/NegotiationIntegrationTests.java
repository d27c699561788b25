package dev.connpool.behaviour;

import java.util.List;

import dev.connpool.client.TlsMaterial;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.error.NoCommonProtocolException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Client and server agree on a protocol, or say why not (B17).
 */
class NegotiationIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	@Test
	void httpsNegotiatesHttp2() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("h2");
		assertThat(client.host(server).protocol()).isEqualTo("h2");
		assertThat(client.pooled().snapshot().protocols()).containsExactly("h2", "http/1.1");
	}

	@Test
	void httpsFallsBackToHttp11WithoutAlpn() {
		TestServer server = TestServer.h1Tls().start(this.network);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("http/1.1");
		assertThat(server).acceptedConnections(1);
		assertThat(client.host(server).protocol()).isEqualTo("http/1.1");
	}

	@Test
	void httpsFallsBackToHttp11ByAlpn() {
		RawServer server = RawServer.tls(this.network, (connection) -> {
			while (connection.readHead() != null) {
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			}
		}, "http/1.1");
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(client.fetch(server.url("/"))).isEqualTo("ok");
		assertThat(server).acceptedConnections(1);
		assertThat(client.host(server).protocol()).isEqualTo("http/1.1");
	}

	@Test
	void anHttp11ClientDoesNotOfferHttp2() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("http/1.1");
	}

	@Test
	void anHttp2OnlyClientTalksToAnHttp2Server() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("h2");
	}

	@Test
	void anHttp2OnlyClientIsToldThatTheServerHasNoAlpn() {
		TestServer server = TestServer.h1Tls().start(this.network);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2));
		assertNegotiationFails(client, server);
		assertThat(server.arrivals()).isEmpty();
	}

	// A server that speaks ALPN answers with an alert (RFC 7301, section 3.2)
	@Test
	void anHttp2OnlyClientIsToldThatTheServerRefusesHttp2() {
		RawServer server = RawServer.tls(this.network, (connection) -> {
		}, "http/1.1");
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2));
		assertNegotiationFails(client, server);
	}

	@Test
	void cleartextHttp2NeedsPriorKnowledgeOnly() {
		TestServer server = TestServer.h2c().start(this.network);
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("h2c");
		assertThat(client.host(server).protocol()).isEqualTo("h2c");
	}

	@Test
	void cleartextIsHttp11WithoutPriorKnowledge() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client.host(server).protocol()).isEqualTo("http/1.1");
	}

	@Test
	void restrictedTlsMaterialStillNegotiatesHttp2() {
		TlsMaterial trusted = TestCertificate.LOOPBACK.trusted();
		TlsMaterial restricted = new TlsMaterial(null, trusted.trustManagers(),
				List.of("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"), List.of("TLSv1.2"));
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client(restricted, (settings) -> settings);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.protocols()).containsExactly("h2");
	}

	// What one trusts must not help another who does not
	@Test
	void connectionsAreNotSharedAcrossTlsMaterial() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client(TlsMaterial.DEFAULT, (settings) -> settings);
		String body = client.pooled()
			.httpClient(TestCertificate.LOOPBACK.trusted())
			.get()
			.uri(server.url("/hello"))
			.responseSingle((response, content) -> content.asString())
			.block();
		assertThat(body).isEqualTo("hello");
		Failure failure = Failure.of(client.get(server.url("/hello")));
		assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
				(error) -> assertThat(error.phase()).isEqualTo(Phase.TLS));
		assertThat(server.requests("/hello")).isEqualTo(1);
	}

	private static void assertNegotiationFails(TestClient client, ObservedServer server) {
		Failure failure = Failure.of(client.get(server.url("/hello")));
		assertThat(failure.error()).isInstanceOf(NoCommonProtocolException.class);
		assertThat(failure.message()).contains(server.host(), "'protocols' is 'h2'", "add 'http/1.1'");
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

}
