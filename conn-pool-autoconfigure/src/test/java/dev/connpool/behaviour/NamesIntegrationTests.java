package dev.connpool.behaviour;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.DnsSettings;
import dev.connpool.settings.ProxySettings;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Load;
import dev.connpool.testing.NameServer;
import dev.connpool.testing.Network;
import dev.connpool.testing.Pods;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.dns.DnsResponseCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections follow the addresses that a name stands for (B29).
 */
class NamesIntegrationTests {

	private static final Duration EVERY_SECOND = Duration.ofSeconds(1);

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int CALLERS = 8;

	@RegisterExtension
	final Network network = new Network();

	@RegisterExtension
	final NameServer names = new NameServer();

	@ParameterizedTest
	@EnumSource(Wire.class)
	void connectionsToARemovedAddressAreDrainedUnderLoad(Wire wire) {
		Pods pods = Pods.start(this.network, wire, 2);
		TestClient client = client(wire, (settings) -> settings);
		this.names.answer(0, Pods.address(0));
		Load load = Load.of(client.get(pods.url("/hello")), CALLERS);
		await().atMost(PATIENCE).until(() -> load.calls() > 100);
		this.names.answer(0, Pods.address(1));
		assertThat(pods.get(0)).settlesAt(0, PATIENCE);
		await().atMost(PATIENCE).until(() -> pods.get(1).requests("/hello") > 100);
		assertThat(load.stop()).isEmpty();
		assertThat(client.host(pods.origin()).counters().closedByReason()).containsOnlyKeys("address-removed");
	}

	@Test
	void connectionsStayWhereDrainingIsTurnedOff() {
		Pods pods = Pods.start(this.network, Wire.H1, 2);
		TestClient client = client(Wire.H1, (settings) -> settings.dns(new DnsSettings(EVERY_SECOND, false)));
		this.names.answer(0, Pods.address(0));
		client.fetch(pods.url("/hello"));
		int asked = this.names.queries();
		this.names.answer(0, Pods.address(1));
		awaitSeconds(3);
		assertThat(pods.get(0)).openConnections(1);
		assertThat(this.names.queries()).isEqualTo(asked);
	}

	static Stream<NoAnswer> whatIsNoAnswer() {
		return Stream.of(new NoAnswer("SERVFAIL", (names) -> names.fail(DnsResponseCode.SERVFAIL)),
				new NoAnswer("NXDOMAIN", (names) -> names.fail(DnsResponseCode.NXDOMAIN)),
				new NoAnswer("no addresses", (names) -> names.answer(0)), new NoAnswer("nothing", NameServer::silence));
	}

	@ParameterizedTest
	@MethodSource("whatIsNoAnswer")
	void connectionsStayWhenTheNameCannotBeLookedUp(NoAnswer noAnswer) {
		Pods pods = Pods.start(this.network, Wire.H2C, 2);
		TestClient client = client(Wire.H2C, (settings) -> settings);
		this.names.answer(0, Pods.address(0), Pods.address(1));
		client.fetch(pods.url("/hello"));
		int asked = this.names.queries();
		noAnswer.happens(this.names);
		await().atMost(PATIENCE).until(() -> noAnswer.isSilent() || this.names.queries() > asked);
		awaitSeconds(2);
		client.fetch(pods.url("/hello"));
		HostSnapshot host = client.host(pods.origin());
		assertThat(host.counters().opened()).isOne();
		assertThat(host.counters().closed()).isZero();
		assertThat(host.addresses()).hasSize(2);
	}

	@Test
	void ofAThousandAddressesSixtyFourAreKeptAndNoneIsTakenForRemoved() {
		Pods pods = new Pods(this.network, Wire.H1, 1, UnaryOperator.identity());
		TestClient client = client(Wire.H1, (settings) -> settings);
		String[] many = Stream.concat(
				IntStream.range(0, 999).mapToObj((number) -> "127.9.%d.%d".formatted(number / 200, number % 200 + 1)),
				Stream.of(Pods.address(0)))
			.toArray(String[]::new);
		this.names.answer(0, Pods.address(0));
		client.fetch(pods.url("/hello"));
		this.names.answer(0, many);
		await().atMost(PATIENCE).until(() -> client.host(pods.origin()).addresses().size() > 1);
		assertThat(client.host(pods.origin()).addresses()).hasSize(64);
		awaitSeconds(2);
		client.fetch(pods.url("/hello"));
		assertThat(client.host(pods.origin()).counters().opened()).isOne();
	}

	@Test
	void nobodyAsksForHostsWithoutConnections() {
		Pods pods = Pods.start(this.network, Wire.H1, 1);
		TestClient client = client(Wire.H1, (settings) -> settings);
		this.names.answer(0, Pods.address(0));
		client.fetch(pods.url("/hello"));
		int first = this.names.queries();
		await().atMost(PATIENCE).until(() -> this.names.queries() > first);
		client.pooled().closeIdle();
		assertThat(pods.get(0)).settlesAt(0);
		int asked = this.names.queries();
		awaitSeconds(3);
		assertThat(this.names.queries()).isBetween(asked, asked + 1);
	}

	@Test
	void addressesAreTakenInTurnByConnectionsOverHttp1() {
		Pods pods = new Pods(this.network, Wire.H1, 3, (server) -> server.slow("/slow", Duration.ofMillis(500)));
		TestClient client = client(Wire.H1, (settings) -> settings);
		this.names.answer(60, Pods.address(0), Pods.address(1), Pods.address(2));
		client.fetchTogether(pods.url("/slow"), 9);
		assertThat(pods.requests("/slow")).containsExactly(3, 3, 3);
	}

	@ParameterizedTest
	@EnumSource(value = Wire.class, names = { "H2", "H2C" })
	void http2IsSpreadOverAllAddressesAsTheyComeAndGo(Wire wire) {
		Pods pods = Pods.start(this.network, wire, 5);
		TestClient client = client(wire, TestSettings::spreadAddresses);
		this.names.answer(0, Pods.address(0), Pods.address(1), Pods.address(2), Pods.address(3));
		Load load = Load.of(client.get(pods.url("/hello")), CALLERS);
		awaitOneConnectionTo(client, pods, 0, 1, 2, 3);
		assertEven(shares(pods).subList(0, 4));
		this.names.answer(0, Pods.address(1), Pods.address(2), Pods.address(3), Pods.address(4));
		assertThat(pods.get(0)).settlesAt(0, PATIENCE);
		awaitOneConnectionTo(client, pods, 1, 2, 3, 4);
		assertEven(shares(pods).subList(1, 5));
		assertThat(load.stop()).isEmpty();
		assertThat(client.host(pods.origin()).counters().opened()).isEqualTo(5);
	}

	@Test
	void callsOneAfterTheOtherAreSpread() {
		Pods pods = Pods.start(this.network, Wire.H2C, 2);
		TestClient client = client(Wire.H2C, TestSettings::spreadAddresses);
		this.names.answer(60, Pods.address(0), Pods.address(1));
		client.fetch(pods.url("/hello"));
		awaitOneConnectionTo(client, pods, 0, 1);
		List<Integer> before = pods.requests("/hello");
		IntStream.range(0, 20).forEach((number) -> client.fetch(pods.url("/hello")));
		List<Integer> after = pods.requests("/hello");
		assertThat(after.get(0) - before.get(0)).isEqualTo(10);
		assertThat(after.get(1) - before.get(1)).isEqualTo(10);
	}

	@Test
	void spreadingKeepsTheLimitOfConnections() {
		Pods pods = Pods.start(this.network, Wire.H2C, 3);
		TestClient client = client(Wire.H2C, (settings) -> settings.spreadAddresses().maxConnectionsPerHost(2));
		this.names.answer(0, Pods.address(0), Pods.address(1), Pods.address(2));
		Load load = Load.of(client.get(pods.url("/hello")), CALLERS);
		await().atMost(PATIENCE).until(() -> client.host(pods.origin()).connections().total() == 2);
		awaitSeconds(2);
		assertThat(load.stop()).isEmpty();
		assertThat(client.host(pods.origin()).counters().opened()).isEqualTo(2);
	}

	@Test
	void aLostConnectionIsReplaced() {
		Pods pods = Pods.start(this.network, Wire.H2C, 2);
		TestClient client = client(Wire.H2C,
				(settings) -> settings.spreadAddresses().dns(ClientSettings.DEFAULTS.dns()));
		this.names.answer(60, Pods.address(0), Pods.address(1));
		client.fetch(pods.url("/hello"));
		awaitOneConnectionTo(client, pods, 0, 1);
		IntStream.range(0, 4).forEach((number) -> client.fetch(pods.url("/hello")));
		pods.get(0).closeConnections();
		await().atMost(PATIENCE).until(() -> pods.get(0).connections().accepted() == 2);
		assertThat(pods.get(1)).acceptedConnections(1);
	}

	@Test
	void aConnectionThatNobodyMissesIsNotReplaced() {
		Gate gate = new Gate();
		Pods pods = new Pods(this.network, Wire.H2C, 2, (server) -> server.hold("/held", gate));
		TestClient client = client(Wire.H2C,
				(settings) -> settings.spreadAddresses().dns(ClientSettings.DEFAULTS.dns()));
		this.names.answer(60, Pods.address(0), Pods.address(1));
		client.fetch(pods.url("/hello"));
		awaitOneConnectionTo(client, pods, 0, 1);
		IntStream.range(0, 4).forEach((number) -> client.fetch(pods.url("/hello")));
		Mono<List<String>> held = client.begin(pods.url("/held"), 1);
		await().atMost(PATIENCE).until(() -> pods.requests("/held").contains(1));
		client.pooled().closeIdle();
		await().atMost(PATIENCE).until(() -> client.host(pods.origin()).connections().total() == 1);
		awaitSeconds(1);
		assertThat(client.host(pods.origin()).counters().opened()).isEqualTo(2);
		gate.open();
		assertThat(held.block(PATIENCE)).containsExactly("held");
	}

	@Test
	void anAddressThatNobodyAnswersAtIsNoErrorOfThoseWhoUseTheOthers() {
		Pods pods = Pods.start(this.network, Wire.H2C, 2);
		TestClient client = client(Wire.H2C, TestSettings::spreadAddresses);
		this.names.answer(0, Pods.address(0), Pods.address(1), Pods.address(6));
		Load load = Load.of(client.get(pods.url("/hello")), CALLERS);
		awaitOneConnectionTo(client, pods, 0, 1);
		await().atMost(PATIENCE)
			.until(() -> client.host(pods.origin()).counters().dialFailedByReason().containsKey("connect-error"));
		awaitSeconds(3);
		assertThat(load.stop()).isEmpty();
		// One dial for each answer, no more.
		assertThat(client.host(pods.origin()).counters().dialFailedByReason().get("connect-error")).isLessThan(8);
	}

	@Test
	void theNameOfAProxyIsLookedUpInsteadOfThatOfTheHost() {
		Pods proxies = new Pods(this.network, Wire.H1, 2, (server) -> server.text("/hello", "forwarded"));
		TestClient client = client(Wire.H1, (settings) -> settings
			.proxy(new ProxySettings(ProxySettings.Mode.EXPLICIT, proxies.url(""), List.of(), null, null)));
		this.names.answer(0, Pods.address(0));
		assertThat(client.fetch("http://orders.test/hello")).isNotNull();
		this.names.answer(0, Pods.address(1));
		assertThat(proxies.get(0)).settlesAt(0, PATIENCE);
		client.fetch("http://orders.test/hello");
		assertThat(proxies.get(1)).openConnections(1);
	}

	private TestClient client(Wire wire, UnaryOperator<TestSettings> change) {
		return this.network
			.client(TestCertificate.NAMED.trusted(),
					(settings) -> change
						.apply(wire.settings().apply(settings).dns(new DnsSettings(EVERY_SECOND, true))))
			.asking(this.names);
	}

	private static void awaitOneConnectionTo(TestClient client, Pods pods, Integer... numbers) {
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(client.host(pods.origin()).addresses())
				.filteredOn((address) -> address.connections() == 1)
				.extracting(HostSnapshot.Address::address)
				.containsExactlyInAnyOrderElementsOf(Stream.of(numbers)
					.map((number) -> Pods.address(number) + ":" + pods.origin().port())
					.toList()));
	}

	private static List<Integer> shares(Pods pods) {
		List<Integer> before = pods.requests("/hello");
		await().atMost(PATIENCE)
			.until(() -> pods.requests("/hello").stream().mapToInt(Integer::intValue).sum()
					- before.stream().mapToInt(Integer::intValue).sum() > 1000);
		List<Integer> after = pods.requests("/hello");
		return IntStream.range(0, after.size()).mapToObj((number) -> after.get(number) - before.get(number)).toList();
	}

	private static void assertEven(List<Integer> shares) {
		double mean = shares.stream().mapToInt(Integer::intValue).average().orElse(0);
		assertThat(Collections.max(shares)).as("%s", shares).isLessThan((int) (mean * 1.2));
		assertThat(Collections.min(shares)).as("%s", shares).isGreaterThan((int) (mean * 0.8));
	}

	private static void awaitSeconds(int seconds) {
		await().pollDelay(Duration.ofSeconds(seconds)).atMost(Duration.ofSeconds(seconds + 5L)).until(() -> true);
	}

	/**
	 * What a name server may do instead of answering.
	 *
	 * @param name what it is called
	 * @param what it does
	 */
	record NoAnswer(String name, Consumer<NameServer> what) {

		void happens(NameServer names) {
			this.what.accept(names);
		}

		boolean isSilent() {
			return this.name.equals("nothing");
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
