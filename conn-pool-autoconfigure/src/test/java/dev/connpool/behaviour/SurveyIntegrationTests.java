package dev.connpool.behaviour;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;

import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot.State;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections and streams are listed as they are, whatever their event loops do and
 * however many there are.
 */
class SurveyIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int STREAMS = 6_000;

	private static final LoopResources LOOPS = LoopResources.create("survey", 1, true);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final CountDownLatch stuck = new CountDownLatch(1);

	@AfterEach
	void open() {
		this.stuck.countDown();
		this.gate.open();
	}

	@Test
	void anEventLoopThatDoesNotAnswerIsLeftOut() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client();
		Mono<String> there = get(client, server.url("/held"));
		await().until(() -> server.requests("/held") == 1);
		Mono<List<String>> here = client.begin(server.url("/held"), 2);
		await().until(() -> server.requests("/held") == 3);
		stick(LOOPS.onClient(true).next());
		ClientSnapshot snapshot = survey(client);
		assertThat(snapshot.partial()).isTrue();
		HostSnapshot host = snapshot.hosts().get(server.host());
		assertThat(host.connections().active()).isEqualTo(3);
		assertThat(host.connectionList()).hasSize(2)
			.allSatisfy((connection) -> assertThat(connection.streams()).hasSize(1));
		this.stuck.countDown();
		await().untilAsserted(() -> assertThat(survey(client).partial()).isFalse());
		assertThat(survey(client).hosts().get(server.host()).connectionList()).hasSize(3);
		this.gate.open();
		assertThat(here.block()).containsOnly("held");
		assertThat(there.block()).isEqualTo("held");
	}

	@Test
	void aDialWithoutASocketIsListed() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		stick(LOOPS.onClient(true).next());
		Mono<String> body = get(client, server.url("/hello"));
		ClientSnapshot snapshot = survey(client);
		HostSnapshot host = snapshot.hosts().get(server.host());
		assertThat(snapshot.partial()).isFalse();
		assertThat(host.connections().connecting()).isEqualTo(1);
		assertThat(host.connectionList()).singleElement().satisfies((dial) -> {
			assertThat(dial.id()).startsWith("dial-");
			assertThat(dial.state()).isEqualTo(State.CONNECTING);
			assertThat(dial.age()).isPositive();
			assertThat(dial.openedAt()).isNotNull();
			assertThat(dial.localAddress()).isNull();
			assertThat(dial.remoteAddress()).isNull();
			assertThat(listed(client.pooled().survey(dial.id()).block())).containsExactly(dial.id());
		});
		assertThat(listed(client.pooled().survey("another").block())).isEmpty();
		this.stuck.countDown();
		assertThat(body.block()).isEqualTo("hello");
	}

	@Test
	void aDialIsListedWhileItsNameIsResolved() {
		SilentResolver resolver = new SilentResolver();
		TestClient client = this.network.client();
		client.httpClient().resolver(resolver).get().uri("http://resolved.never:81/").response().subscribe((body) -> {
		}, (error) -> {
		});
		await().until(() -> !resolver.eventLoops.isEmpty());
		ClientSnapshot snapshot = survey(client);
		assertThat(snapshot.partial()).isFalse();
		ConnectionSnapshot dial = dial(snapshot);
		assertThat(dial.id()).doesNotStartWith("dial-");
		stick(resolver.eventLoops.get(0));
		ClientSnapshot partial = survey(client);
		assertThat(partial.partial()).isTrue();
		assertThat(dial(partial).id()).isEqualTo(dial.id());
	}

	@Test
	void streamsAreCutAtABoundForEachEventLoop() {
		TestServer server = TestServer.h2c().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> Wire.H2C.settings()
			.apply(settings)
			.maxConcurrentStreams(100)
			.maxPendingAcquires(STREAMS)
			.responseHeader(PATIENCE)
			.request(PATIENCE));
		Mono<Long> held = Flux.range(0, STREAMS)
			.flatMap((number) -> get(client, server.url("/held")), STREAMS)
			.filter("held"::equals)
			.count()
			.cache();
		held.subscribe();
		await().atMost(PATIENCE).until(() -> server.requests("/held") == STREAMS);
		HostSnapshot host = survey(client).hosts().get(server.host());
		assertThat(host.streams().active()).isEqualTo(STREAMS);
		List<ConnectionSnapshot> list = list(host);
		assertThat(list.stream().mapToInt((connection) -> connection.streams().size()).sum()).isEqualTo(5_000);
		assertThat(list.stream().mapToInt(ConnectionSnapshot::omittedStreams).sum()).isEqualTo(STREAMS - 5_000);
		this.gate.open();
		assertThat(held.block(PATIENCE)).isEqualTo(STREAMS);
	}

	private Mono<String> get(TestClient client, String url) {
		Mono<String> body = client.httpClient()
			.runOn(LOOPS)
			.get()
			.uri(url)
			.responseSingle((response, content) -> content.asString())
			.cache();
		body.onErrorComplete().subscribe();
		return body;
	}

	private void stick(Executor eventLoop) {
		CountDownLatch begun = new CountDownLatch(1);
		eventLoop.execute(() -> {
			begun.countDown();
			try {
				this.stuck.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		});
		await().until(() -> begun.getCount() == 0);
	}

	private static ClientSnapshot survey(TestClient client) {
		ClientSnapshot snapshot = client.pooled().survey().block();
		assertThat(snapshot).isNotNull();
		return snapshot;
	}

	private static ConnectionSnapshot dial(ClientSnapshot snapshot) {
		HostSnapshot host = snapshot.hosts().get("http://resolved.never:81");
		assertThat(host.connections().connecting()).isEqualTo(1);
		assertThat(list(host)).singleElement().satisfies((dial) -> {
			assertThat(dial.state()).isEqualTo(State.CONNECTING);
			assertThat(dial.remoteAddress()).isNull();
			assertThat(dial.age()).isPositive();
		});
		return list(host).get(0);
	}

	private static List<ConnectionSnapshot> list(HostSnapshot host) {
		List<ConnectionSnapshot> list = host.connectionList();
		assertThat(list).isNotNull();
		return list;
	}

	private static List<String> listed(ClientSnapshot snapshot) {
		return snapshot.hosts()
			.values()
			.stream()
			.flatMap((host) -> list(host).stream())
			.map(ConnectionSnapshot::id)
			.toList();
	}

	/**
	 * Never resolves a name.
	 */
	private static final class SilentResolver extends AddressResolverGroup<InetSocketAddress> {

		private final List<EventExecutor> eventLoops = new CopyOnWriteArrayList<>();

		@Override
		protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
			return new AbstractAddressResolver<>(executor, InetSocketAddress.class) {

				@Override
				protected boolean doIsResolved(InetSocketAddress address) {
					return !address.isUnresolved();
				}

				@Override
				protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
					SilentResolver.this.eventLoops.add(executor);
				}

				@Override
				protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
					SilentResolver.this.eventLoops.add(executor);
				}

			};
		}

	}

}
