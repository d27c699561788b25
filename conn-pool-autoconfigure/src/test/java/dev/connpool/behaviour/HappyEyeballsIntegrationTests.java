package dev.connpool.behaviour;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.FullBacklog;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.NameServer;
import dev.connpool.testing.Network;
import dev.connpool.testing.Pods;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.channel.Channel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultNameResolver;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.ReactorHttpClientBuilder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A connection is opened to whichever address of a host answers first (RFC 8305).
 */
class HappyEyeballsIntegrationTests {

	private static final Duration DEADLINE = Duration.ofSeconds(1);

	@RegisterExtension
	final Network network = new Network();

	@RegisterExtension
	final NameServer names = new NameServer();

	@ParameterizedTest
	@EnumSource(Wire.class)
	void anAddressThatDropsEverythingCostsAQuarterOfASecond(Wire wire) {
		try (FullBacklog blackHole = new FullBacklog()) {
			TestServer server = wire.server()
				.certificate(TestCertificate.NAMED)
				.start(this.network, Pods.address(1), blackHole.port());
			this.names.answer(60, Pods.address(0), Pods.address(1));
			List<Channel> channels = new CopyOnWriteArrayList<>();
			TestClient client = client(wire)
				.derive((http) -> http.doOnChannelInit((observer, channel, remote) -> channels.add(channel)));
			long start = System.nanoTime();
			client.fetch(NameServer.url(server, "/hello"));
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(240),
					Duration.ofMillis(1500));
			HostSnapshot host = host(client, server);
			assertThat(host.counters().opened()).isOne();
			assertThat(host.connections().total()).isOne();
			assertThat(server).acceptedConnections(1);
			assertThat(channels.stream().filter(Channel::isOpen)).hasSize(1);
			ConnectionSnapshot connection = connection(client, server);
			assertThat(connection.remoteAddress()).isEqualTo(Pods.address(1) + ":" + server.port());
			assertThat(connection.phases().dns()).isLessThan(Duration.ofMillis(200));
			assertThat(connection.phases().connect()).isBetween(Duration.ofMillis(240), Duration.ofMillis(1500));
		}
	}

	@Test
	void addressesThatRefuseCostNoWaiting() {
		TestServer server = TestServer.h1().start(this.network, Pods.address(9), 0);
		this.names.answer(60, IntStream.range(0, 10).mapToObj(Pods::address).toArray(String[]::new));
		TestClient client = client(Wire.H1);
		long start = System.nanoTime();
		client.fetch(NameServer.url(server, "/hello"));
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(900));
		assertThat(host(client, server).counters().opened()).isOne();
	}

	@Test
	void anErrorNamesTheAddressesThatWereTried() {
		int port = LoopbackPort.free();
		this.names.answer(60, Pods.address(0), Pods.address(1));
		Failure failure = Failure.of(client(Wire.H1).get("http://%s:%d/".formatted(NameServer.NAME, port)));
		assertThat(failure.error()).isInstanceOfSatisfying(ConnectionFailedException.class,
				(error) -> assertThat(error.phase()).isEqualTo(Phase.CONNECT));
		assertThat(failure.message()).contains(
				"(tried %s:%d, %s:%d)".formatted(Pods.address(0), port, Pods.address(1), port), "Connection refused");
	}

	@Test
	void allAddressesTogetherHaveOneDeadline() {
		try (FullBacklog blackHole = new FullBacklog();
				FullBacklog another = new FullBacklog(Pods.address(1), blackHole.port())) {
			this.names.answer(60, Pods.address(0), Pods.address(1));
			TestClient client = client(Wire.H1);
			Failure failure = Failure.of(client.get("http://%s:%d/".formatted(NameServer.NAME, another.port())));
			assertThat(failure.after()).isBetween(DEADLINE.minusMillis(20), DEADLINE.plusMillis(1000));
			assertThat(failure.message()).contains("was not over within 1 s (tried", Pods.address(0), Pods.address(1),
					TestClient.property("timeouts.connect"));
			assertThat(client).holdsNothing();
		}
	}

	@Test
	void aSelectorOfAddressesIsObeyedByAllAttempts() {
		Pods pods = Pods.start(this.network, Wire.H1, 3);
		this.names.answer(60, Pods.address(5), Pods.address(0), Pods.address(1), Pods.address(2));
		TestClient client = client(Wire.H1).derive((http) -> http.resolvedAddressesSelector(
				(config, addresses) -> addresses.stream().filter((address) -> isLast(address, 2)).toList()));
		for (int number = 0; number < 4; number++) {
			client.fetch(pods.url("/hello"));
			client.pooled().closeIdle();
			assertThat(pods.get(1)).settlesAt(0);
		}
		assertThat(pods.requests("/hello")).containsExactly(0, 4, 0);
	}

	@Test
	void anAddressThatASelectorLeavesOutIsNotTriedWhenTheOthersHang() {
		try (FullBacklog blackHole = new FullBacklog()) {
			TestServer server = TestServer.h1().start(this.network, Pods.address(1), blackHole.port());
			this.names.answer(60, Pods.address(0), Pods.address(1));
			TestClient client = client(Wire.H1)
				.derive((http) -> http.resolvedAddressesSelector((config, addresses) -> List.of(addresses.get(0))));
			Failure failure = Failure.of(client.get(NameServer.url(server, "/hello")));
			assertThat(failure.after()).isGreaterThan(DEADLINE.minusMillis(20));
			assertThat(server).acceptedConnections(0);
			assertThat(client).holdsNothing();
		}
	}

	@Test
	void anAddressFilterOfSpringHoldsForAllAttempts() {
		try (FullBacklog blackHole = new FullBacklog()) {
			TestServer forbidden = TestServer.h1().start(this.network, Pods.address(1), blackHole.port());
			TestServer server = TestServer.h1().start(this.network, Pods.address(2), blackHole.port());
			this.names.answer(60, Pods.address(0), Pods.address(1), Pods.address(2));
			InetAddressFilter filter = (address) -> !address.getHostAddress().equals(Pods.address(1));
			TestClient client = client(Wire.H1)
				.derive((http) -> new ReactorHttpClientBuilder().withHttpClientFactory(() -> http)
					.build(HttpClientSettings.defaults().withInetAddressFilter(filter)));
			client.fetch(NameServer.url(server, "/hello"));
			assertThat(server).acceptedConnections(1);
			assertThat(forbidden).acceptedConnections(0);
		}
	}

	@Test
	void noAddressIsLeftByASelector() {
		Pods pods = Pods.start(this.network, Wire.H1, 1);
		this.names.answer(60, Pods.address(0));
		TestClient client = client(Wire.H1)
			.derive((http) -> http.resolvedAddressesSelector((config, addresses) -> List.of()));
		assertThat(Failure.of(client.get(pods.url("/hello"))).message()).contains("name resolution failed");
		assertThat(client).holdsNothing();
	}

	@Test
	void theResolverOfTheJvmCanBeUsed() {
		TestServer server = TestServer.h1().start(this.network);
		AtomicInteger asked = new AtomicInteger();
		AddressResolverGroup<InetSocketAddress> jvm = new AddressResolverGroup<>() {

			@Override
			protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
				asked.incrementAndGet();
				return new DefaultNameResolver(executor).asAddressResolver();
			}

		};
		TestClient client = this.network.client().derive((http) -> http.resolver(jvm));
		assertThat(client.fetch("http://localhost:%d/hello".formatted(server.port()))).isEqualTo("hello");
		assertThat(asked).hasPositiveValue();
	}

	@Test
	void aSocketFileHasNoNameToLookUp(@TempDir Path directory) {
		DomainSocketAddress address = new DomainSocketAddress(directory.resolve("socket").toFile());
		DisposableServer server = HttpServer.create()
			.bindAddress(() -> address)
			.handle((request, response) -> response.sendString(Mono.just("local")))
			.bindNow();
		TestClient client = this.network.client().derive((http) -> http.remoteAddress(() -> address).noSSL());
		assertThat(client.fetch("/")).isEqualTo("local");
		assertThat(client.fetch("/")).isEqualTo("local");
		HostSnapshot host = client.pooled().snapshot().hosts().values().iterator().next();
		assertThat(host.counters().opened()).isOne();
		assertThat(host.addresses()).isEmpty();
		client.pooled().close();
		server.disposeNow();
	}

	private static boolean isLast(SocketAddress address, int last) {
		return address.toString().contains("127.0.0.%d:".formatted(last));
	}

	private TestClient client(Wire wire) {
		return this.network
			.client(TestCertificate.NAMED.trusted(),
					(settings) -> ((wire == Wire.H2C) ? settings.protocols(Protocol.H2C) : settings)
						.connect(wire.multiplexed() ? DEADLINE.multipliedBy(5) : DEADLINE))
			.asking(this.names);
	}

	private static HostSnapshot host(TestClient client, TestServer server) {
		return client.pooled().snapshot().hosts().get(NameServer.origin(server));
	}

	private static ConnectionSnapshot connection(TestClient client, TestServer server) {
		return client.pooled()
			.survey()
			.map((survey) -> survey.hosts().get(NameServer.origin(server)).connectionList().get(0))
			.block();
	}

}
