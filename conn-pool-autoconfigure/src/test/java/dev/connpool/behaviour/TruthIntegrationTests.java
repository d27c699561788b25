package dev.connpool.behaviour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Whatever happens, what is shown is what the server counts as soon as it is quiet (N1).
 */
@Transport.Each
class TruthIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network;

	TruthIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsShownIsWhatTheServerCounts(Wire wire) {
		Schedule schedule = new Schedule(wire, new Random().nextLong());
		for (int round = 0; round < 8; round++) {
			schedule.play(25);
			schedule.check();
		}
		schedule.end();
	}

	private final class Schedule {

		private final Wire wire;

		private final long seed;

		private final Random random;

		private final Gate gate = new Gate();

		private final TestServer server;

		private final TestClient client;

		private final List<Call> calls = new ArrayList<>();

		Schedule(Wire wire, long seed) {
			this.wire = wire;
			this.seed = seed;
			this.random = new Random(seed);
			this.server = wire.server()
				.maxConcurrentStreams(5)
				.slow("/slow", Duration.ofMillis(15))
				.hold("/held", this.gate)
				.start(TruthIntegrationTests.this.network);
			this.client = TruthIntegrationTests.this.network
				.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(12));
		}

		void play(int steps) {
			for (int step = 0; step < steps; step++) {
				switch (this.random.nextInt(12)) {
					case 0, 1, 2, 3 -> call("/slow");
					case 4, 5, 6 -> call("/hello");
					case 7, 8 -> call("/held");
					case 9 -> cancelOne();
					case 10 -> this.client.pooled().closeIdle();
					default -> disturb();
				}
			}
		}

		private void call(String path) {
			if (this.calls.stream().filter((call) -> call.path.equals("/held") && call.isUnderWay()).count() < 4) {
				this.calls.add(new Call(path, this.client.get(this.server.url(path))));
			}
		}

		private void cancelOne() {
			if (!this.calls.isEmpty()) {
				this.calls.get(this.random.nextInt(this.calls.size())).cancelled.tryEmitEmpty();
			}
		}

		private void disturb() {
			if (this.random.nextInt(3) == 0) {
				this.server.closeConnections();
			}
			else if (this.client.pooled().snapshot().hosts().containsKey(this.server.host())) {
				this.client.pooled().drain(this.server.host());
			}
		}

		void check() {
			await().atMost(PATIENCE)
				.until(() -> this.calls.stream().noneMatch((call) -> !call.path.equals("/held") && call.isUnderWay()));
			await().atMost(PATIENCE).untilAsserted(this::compare);
		}

		private void compare() {
			ClientSnapshot survey = this.client.pooled().survey().block(PATIENCE);
			assertThat(survey).isNotNull();
			assertThat(survey.partial()).as("partial").isFalse();
			long held = this.calls.stream().filter(Call::isUnderWay).count();
			HostSnapshot host = survey.hosts().get(this.server.host());
			String state = "%s, seed %d: %s, server %s".formatted(this.wire, this.seed, host,
					this.server.connections());
			assertThat(host.connections().total()).as(state).isEqualTo(this.server.connections().open());
			assertThat(host.counters().opened() - host.counters().closed()).as(state)
				.isEqualTo(host.connections().total());
			assertThat(host.counters().dialled() - host.counters().opened()).as(state)
				.isEqualTo(host.counters().dialFailed());
			assertThat(host.connectionList()).as(state).hasSize(host.connections().total());
			assertThat(host.connectionList().stream().mapToInt((connection) -> connection.streams().size()).sum())
				.as(state)
				.isEqualTo((int) held);
			assertThat(host.connectionList()).as(state)
				.filteredOn((connection) -> connection.exchanges() > 0)
				.extracting(ConnectionSnapshot::bytesSent)
				.allMatch((bytes) -> bytes > 0);
			assertThat(host.pendingAcquires()).as(state).isZero();
			assertThat(host.counters().closedByReason().values().stream().mapToLong(Long::longValue).sum()).as(state)
				.isEqualTo(host.counters().closed());
		}

		void end() {
			this.gate.open();
			await().atMost(PATIENCE).until(() -> this.calls.stream().noneMatch(Call::isUnderWay));
			this.client.pooled().closeIdle();
			assertThat(this.server).settlesAt(0);
			assertThat(this.client).holdsNothing();
		}

	}

	private static final class Call {

		private final String path;

		private final Sinks.Empty<Void> cancelled = Sinks.empty();

		private final Mono<String> outcome;

		private volatile boolean over;

		Call(String path, Mono<String> request) {
			this.path = path;
			this.outcome = request.takeUntilOther(this.cancelled.asMono())
				.onErrorComplete()
				.doFinally((signal) -> this.over = true);
			this.outcome.subscribe();
		}

		boolean isUnderWay() {
			return !this.over;
		}

	}

}
