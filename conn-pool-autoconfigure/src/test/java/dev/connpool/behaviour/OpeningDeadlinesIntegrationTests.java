package dev.connpool.behaviour;

import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import javax.net.ssl.SSLContext;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Failure;
import dev.connpool.testing.FullBacklog;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import io.netty.handler.ssl.SslHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Opening a connection takes only so long, and all who wait for it learn that together
 * (B11).
 */
class OpeningDeadlinesIntegrationTests {

	private static final Duration DEADLINE = Duration.ofMillis(500);

	private static final int CALLERS = 20;

	@RegisterExtension
	final Network network = new Network();

	@Test
	void connectingTakesOnlySoLong() {
		try (FullBacklog blackHole = new FullBacklog()) {
			TestClient client = this.network.client((settings) -> settings.connect(DEADLINE));
			List<Failure> failures = Failure.ofAll(client.get(blackHole.url("/")), CALLERS);
			assertTimedOutTogether(failures, Phase.CONNECT, TestClient.property("timeouts.connect"));
			assertThat(client).holdsNothing();
		}
	}

	@Test
	void theTlsHandshakeTakesOnlySoLong() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network.client((settings) -> settings.tlsHandshake(DEADLINE));
		List<Failure> failures = Failure.ofAll(client.get(server.url("/")), CALLERS);
		assertTimedOutTogether(failures, Phase.TLS, TestClient.property("timeouts.tls-handshake"));
		assertThat(failures.get(0).message()).contains(server.host());
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@Test
	void theTlsHandshakeOfAnHttp11ClientTakesOnlySoLong() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network
			.client((settings) -> settings.protocols(Protocol.HTTP_1_1).tlsHandshake(DEADLINE));
		List<Failure> failures = Failure.ofAll(client.get(server.url("/")), CALLERS);
		assertTimedOutTogether(failures, Phase.TLS, TestClient.property("timeouts.tls-handshake"));
		assertThat(server).settlesAt(0);
	}

	@Test
	void anHttp2ServerHasOnlySoLongToSendItsSettings() {
		RawServer server = RawServer.tls(this.network, (connection) -> {
		}, "h2");
		TestClient client = this.network.client((settings) -> settings.tlsHandshake(DEADLINE));
		List<Failure> failures = Failure.ofAll(client.get(server.url("/")), CALLERS);
		assertTimedOutTogether(failures, Phase.SETTINGS, TestClient.property("timeouts.tls-handshake"));
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@Test
	void aCleartextHttp2ServerHasOnlySoLongToSendItsSettings() {
		RawServer server = RawServer.silent(this.network, "http");
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C).tlsHandshake(DEADLINE));
		List<Failure> failures = Failure.ofAll(client.get(server.url("/")), CALLERS);
		assertTimedOutTogether(failures, Phase.SETTINGS, TestClient.property("timeouts.tls-handshake"));
		assertThat(server).settlesAt(0);
		assertThat(client).holdsNothing();
	}

	@Test
	void aClientAsksAgainAfterADeadline() {
		RawServer server = RawServer.silent(this.network, "https");
		TestClient client = this.network.client((settings) -> settings.tlsHandshake(DEADLINE));
		for (int round = 0; round < 2; round++) {
			assertTimedOutTogether(Failure.ofAll(client.get(server.url("/")), CALLERS), Phase.TLS,
					TestClient.property("timeouts.tls-handshake"));
			assertThat(server).settlesAt(0);
		}
	}

	// Reactor Netty's own is ten seconds
	@Test
	void noOtherDeadlineEndsTheHandshake() throws NoSuchAlgorithmException {
		SslHandler handler = new SslHandler(SSLContext.getDefault().createSSLEngine());
		Objects.requireNonNull(this.network.client().httpClient().configuration().sslProvider()).configure(handler);
		assertThat(handler.getHandshakeTimeoutMillis()).isZero();
	}

	private static void assertTimedOutTogether(List<Failure> failures, Phase phase, String property) {
		assertThat(failures).hasSize(CALLERS).allSatisfy((failure) -> {
			assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
					(error) -> assertThat(error.phase()).isEqualTo(phase));
			assertThat(failure.message()).contains(TestClient.NAME, "500 ms", property);
			assertThat(failure.after()).isBetween(DEADLINE.minusMillis(20), DEADLINE.plusMillis(1000));
		});
	}

}
