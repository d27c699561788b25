package dev.connpool.testing;

import java.time.Duration;
import java.util.List;

import dev.connpool.snapshot.HostSnapshot;
import org.assertj.core.api.AbstractAssert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a client says of itself. Every assertion gives the client a moment to get there.
 */
public final class ClientAssert extends AbstractAssert<ClientAssert, TestClient> {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	ClientAssert(TestClient actual) {
		super(actual, ClientAssert.class);
	}

	/** Connections to a server: being opened, in use, idle. The sum has to hold too. */
	public ClientAssert connections(Origin server, int connecting, int active, int idle) {
		return eventually(() -> {
			HostSnapshot host = this.actual.host(server);
			HostSnapshot.Connections now = host.connections();
			assertThat(List.of(now.connecting() + now.handshaking(), now.active(), now.idle())).as("%s", host)
				.containsExactly(connecting, active, idle);
			assertBalance(host);
		});
	}

	/** Callers that wait for a connection to a server. */
	public ClientAssert pending(Origin server, int callers) {
		return eventually(() -> assertThat(this.actual.host(server).pendingAcquires()).isEqualTo(callers));
	}

	/** HTTP/2 streams that are open to a server. */
	public ClientAssert activeStreams(Origin server, int streams) {
		return eventually(() -> assertThat(this.actual.host(server).streams().active()).isEqualTo(streams));
	}

	/** All that was sent on open connections to a server has been read. */
	public ClientAssert hasReadAll(ScriptedServer server) {
		return eventually(() -> assertThat(this.actual.bytesReceived(server)).isEqualTo(server.log().bytesSent()));
	}

	/** Nothing is open, nobody waits, and what was opened was closed. */
	public ClientAssert holdsNothing() {
		return eventually(() -> assertThat(this.actual.hosts()).allSatisfy((host) -> {
			assertThat(host.connections().total()).as("%s", host).isZero();
			assertThat(host.streams().active()).isZero();
			assertThat(host.pendingAcquires()).isZero();
			assertBalance(host);
		}));
	}

	private static void assertBalance(HostSnapshot host) {
		HostSnapshot.Connections now = host.connections();
		HostSnapshot.Counters so = host.counters();
		assertThat(so.opened() - so.closed()).as("opened - closed of %s", host)
			.isEqualTo(now.active() + now.idle() + now.probing() + now.draining());
		assertThat(so.dialled() - so.opened() - so.dialFailed()).as("dialled - opened - dialFailed of %s", host)
			.isEqualTo(now.connecting() + now.handshaking());
	}

	private ClientAssert eventually(Runnable assertion) {
		await().atMost(PATIENCE).untilAsserted(assertion::run);
		return this;
	}

}
