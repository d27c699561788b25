package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLException;

import dev.connpool.client.TlsMaterial;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Keys and trust change while a client is in use (B31).
 */
class TlsReloadIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void newRequestsUseNewConnectionsAndOldOnesFinish(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		Mono<List<String>> held = client.begin(server.url("/held"), 3);
		await().until(() -> server.requests("/held") == 3);
		int before = server.connections().open();
		assertThat(client.host(server).generation()).isEqualTo(1);

		assertThat(client.pooled().reload(TestCertificate.LOOPBACK.trusted())).isEqualTo(2);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(before + 1);
		assertThat(client.host(server).generation()).isEqualTo(2);
		assertThat(client.host(server).connections().draining()).isEqualTo(before);

		this.gate.open();
		assertThat(held.block(PATIENCE)).hasSize(3).containsOnly("held");
		assertThat(server).settlesAt(1);
		assertThat(client.host(server).counters().closedByReason()).containsOnlyKeys("superseded")
			.containsEntry("superseded", (long) before);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void idleConnectionsAreClosedAtOnce(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		client.pooled().reload(TestCertificate.LOOPBACK.trusted());
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@Test
	void whoeverWaitsIsServedByNewConnectionsAndNothingStaysBehind() {
		TestServer server = TestServer.h1Tls().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Mono<List<String>> held = client.begin(server.url("/held"), 10);
		await().until(() -> client.host(server).pendingAcquires() == 9);
		client.pooled().reload(TestCertificate.LOOPBACK.trusted());
		await().until(() -> server.requests("/held") == 2);
		assertThat(client.host(server).connections().draining()).isEqualTo(1);
		assertThat(client.host(server).pendingAcquires()).isEqualTo(8);
		this.gate.open();
		assertThat(held.block(PATIENCE)).hasSize(10).containsOnly("held");
		assertThat(server).settlesAt(1);
		assertThat(client.host(server).connections().idle()).isEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void whatIsNoLongerTrustedIsNotUsed(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client();
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		client.pooled().reload(TestCertificate.ELSEWHERE.trusted());
		assertThat(Failure.of(client.get(server.url("/hello"))).error()).hasCauseInstanceOf(SSLException.class);
		client.pooled().reload(TestCertificate.LOOPBACK.trusted());
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(client.host(server).generation()).isEqualTo(3);
	}

	@Test
	void copiesOfTheClientFollow() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client(TestCertificate.ELSEWHERE.trusted(), (settings) -> settings);
		var copy = client.httpClient()
			.headers((headers) -> headers.set("X-Copy", "yes"))
			.get()
			.uri(server.url("/hello"));
		assertThat(Failure.of(copy.response()).error()).hasCauseInstanceOf(SSLException.class);
		client.pooled().reload(TestCertificate.LOOPBACK.trusted());
		assertThat(copy.responseSingle((response, body) -> body.asString()).block(PATIENCE)).isEqualTo("hello");
	}

	@Test
	void materialThatCannotBeUsedChangesNothing() {
		TestServer server = TestServer.h2().start(this.network);
		TestClient client = this.network.client();
		client.fetch(server.url("/hello"));
		TlsMaterial unusable = new TlsMaterial(null, null, null, List.of("TLSv0"));
		assertThatIllegalArgumentException().isThrownBy(() -> client.pooled().reload(unusable));
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server).acceptedConnections(1);
		assertThat(client.host(server).generation()).isEqualTo(1);
	}

}
