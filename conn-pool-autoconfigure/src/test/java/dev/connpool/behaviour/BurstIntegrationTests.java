package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.channel.EventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientConfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many requests at once need few HTTP/2 connections, and none of them fails (B18).
 */
@Transport.Each
class BurstIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(30);

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	BurstIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void aThousandRequestsAreAThousandStreamsOnOneConnection(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(1000).hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Mono<List<String>> calls = client.begin(server.url("/held"), 1000);
		await().until(() -> server.requests("/held") == 1000);
		assertThat(client).activeStreams(server, 1000).connections(server, 0, 1, 0).pending(server, 0);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(1000).containsOnly("held");
		assertThat(server).acceptedConnections(1);
		assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
	}

	@ParameterizedTest
	@CsvSource({ "H2, 100, 1000", "H2C, 100, 1000", "H2, 10, 100", "H2C, 10, 100", "H2, 1, 20" })
	void noMoreConnectionsThanTheStreamLimitAsksFor(Wire wire, int limit, int requests) {
		TestServer server = wire.server().maxConcurrentStreams(limit).slow("/slow", SHORT).start(this.network);
		TestClient client = this.network.client(wire.settings());
		for (int round = 0; round < 2; round++) {
			assertThat(client.fetchTogether(server.url("/slow"), requests)).hasSize(requests).containsOnly("slow");
			assertThat(server).acceptedAtMost(requests / limit);
			assertThat(client).activeStreams(server, 0).pending(server, 0);
		}
		assertThat(server.requests("/slow")).isEqualTo(2 * requests);
	}

	@ParameterizedTest
	@CsvSource({ "H2, 1000, 1000", "H2, 100, 1000", "H2C, 100, 1000", "H2, 10, 100", "H2C, 1, 10" })
	void strictlyOneConnectionWhateverTheStreamLimit(Wire wire, int limit, int requests) {
		TestServer server = wire.server().maxConcurrentStreams(limit).slow("/slow", SHORT).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).strictMaxConcurrentStreams());
		assertThat(client.fetchTogether(server.url("/slow"), requests)).hasSize(requests).containsOnly("slow");
		assertThat(server).acceptedConnections(1);
		assertThat(server.requests("/slow")).isEqualTo(requests);
		assertThat(client).activeStreams(server, 0).pending(server, 0);
	}

	// The thread that opens connections is an event loop itself, and must not take them
	// all
	@Test
	void connectionsOfABurstAreSpreadOverTheEventLoops() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		Queue<Thread> used = new ConcurrentLinkedQueue<>();
		TestClient client = this.network.client();
		HttpClientConfig config = client.httpClient().configuration();
		EventLoop caller = config.loopResources().onClient(config.isPreferNative()).next();
		Mono<String> call = client.request("GET", server.url("/held"))
			.whenAnswered(() -> used.add(Thread.currentThread()))
			.text();
		caller.execute(() -> Flux.range(0, 8).flatMap((number) -> call, 8).subscribe());
		await().until(() -> server.requests("/held") == 8);
		this.gate.open();
		await().until(() -> used.size() == 8);
		assertThat(used.stream().filter(caller::inEventLoop)).hasSize(4);
	}

	// A request that waits at the stream limit must be seen to wait
	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void requestsBeyondAStrictLimitWait(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(10).hold("/held", this.gate).start(this.network);
		TestClient client = this.network
			.client((settings) -> wire.settings().apply(settings).strictMaxConcurrentStreams());
		Mono<List<String>> calls = client.begin(server.url("/held"), 25);
		await().until(() -> server.requests("/held") == 10);
		assertThat(client).activeStreams(server, 10).pending(server, 15).connections(server, 0, 1, 0);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).hasSize(25).containsOnly("held");
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void theOwnStreamLimitCountsToo(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(1000).slow("/slow", SHORT).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxConcurrentStreams(20));
		assertThat(client.fetchTogether(server.url("/slow"), 100)).hasSize(100).containsOnly("slow");
		assertThat(server).acceptedAtMost(5);
	}

	@ParameterizedTest
	@CsvSource({ "H2, 1000, 1", "H2C, 1000, 1", "H2, 100, 10", "H2C, 100, 10" })
	void nothingIsAssumedBeforeTheFirstSettings(Wire wire, int limit, int connections) {
		Gate settings = new Gate();
		TestServer server = wire.server()
			.maxConcurrentStreams(limit)
			.muteUntil(settings)
			.slow("/slow", SHORT)
			.start(this.network);
		TestClient client = this.network.client(wire.settings());
		Mono<List<String>> calls = client.begin(server.url("/slow"), 1000);
		await().during(Duration.ofMillis(300)).until(() -> server.connections().accepted() <= connections);
		settings.open();
		assertThat(calls.block(PATIENCE)).hasSize(1000).containsOnly("slow");
		assertThat(server).acceptedAtMost(connections);
	}

	// B18, B5: the limit of the host also holds when a connection carries few streams
	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void requestsBeyondAllConnectionsWait(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(10).slow("/slow", SHORT).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(2));
		assertThat(client.fetchTogether(server.url("/slow"), 200)).hasSize(200).containsOnly("slow");
		assertThat(server).acceptedAtMost(2);
	}

}
