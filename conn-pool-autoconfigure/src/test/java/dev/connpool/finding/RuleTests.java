package dev.connpool.finding;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.connpool.finding.HostEvidence.Load;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.testing.TestSettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for each {@link Rule}, on both sides of its bounds.
 */
class RuleTests {

	private static final Duration LONG = Duration.ofSeconds(5);

	private static final Duration SHORT = Duration.ofMillis(4999);

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

	@Test
	void http2Fallback() {
		assertFound(Rule.HTTP2_FALLBACK, now(new Host().speaks("http/1.1").active(3)), "3 connections open now",
				"'conn-pool.clients.orders.protocols'");
	}

	@Test
	void http2FallbackIsNothingToWhoeverHasHttp2OrDoesNotWantIt() {
		assertQuiet(Rule.HTTP2_FALLBACK, now(new Host().speaks("h2")));
		assertQuiet(Rule.HTTP2_FALLBACK, now(new Host()).origin("http://orders.example.com:80"));
		assertQuiet(Rule.HTTP2_FALLBACK, now(new Host()).settings((settings) -> settings.protocols(Protocol.HTTP_1_1)));
		assertQuiet(Rule.HTTP2_FALLBACK,
				now(new Host()).settings((settings) -> settings.protocols(Protocol.HTTP_1_1, Protocol.H2)));
	}

	@Test
	void poolSaturatedForAPeriod() {
		Host.Evidence full = Host
			.between(new Host().active(8).pending(1),
					new Host().active(8).pending(5).longestWait(Duration.ofSeconds(3)))
			.settings((settings) -> settings.maxConnectionsPerHost(8));
		assertFound(Rule.POOL_SATURATED, full, "All 8 connections", "5 callers wait, the first for 3 s;",
				"'conn-pool.clients.orders.pool.max-connections-per-host'");
	}

	@Test
	void poolSaturatedSoThatCallersWereTurnedAway() {
		assertFound(Rule.POOL_SATURATED, Host.between(new Host().turnedAway(2), new Host().turnedAway(5)),
				"3 were turned away within 10 s");
	}

	@Test
	void poolSaturatedIsNoBurstAndNoQueueBehindADial() {
		assertQuiet(Rule.POOL_SATURATED, Host.between(new Host().active(8), new Host().active(8).pending(5))
			.settings((settings) -> settings.maxConnectionsPerHost(8)));
		assertQuiet(Rule.POOL_SATURATED, Host.between(new Host().active(7).pending(1), new Host().active(7).pending(5))
			.settings((settings) -> settings.maxConnectionsPerHost(8)));
		assertQuiet(Rule.POOL_SATURATED, Host.between(new Host().active(8).pending(1), new Host().active(8).pending(5))
			.settings((settings) -> settings.maxConnectionsPerHost(0)));
		assertQuiet(Rule.POOL_SATURATED, Host.between(new Host().turnedAway(2), new Host().turnedAway(2)));
	}

	@Test
	void resetStormWhereStreamsShareOneConnection() {
		assertFound(Rule.RESET_STORM,
				Host.between(new Host().active(1).resetsSent(50), new Host().active(1).resetsSent(151))
					.settings((settings) -> settings.strictMaxConcurrentStreams()),
				"101 HTTP/2 streams were reset within 10 s on 1 connection,",
				"'conn-pool.clients.orders.http2.strict-max-concurrent-streams' to false");
	}

	@Test
	void resetStormAtTheLimitOfConnections() {
		assertFound(Rule.RESET_STORM,
				Host.between(new Host().active(2), new Host().active(2).resetsSent(201))
					.settings((settings) -> settings.maxConnectionsPerHost(2)),
				"201 HTTP/2 streams", "on 2 connections",
				"'conn-pool.clients.orders.pool.max-connections-per-host' higher");
	}

	@Test
	void resetStormIsNoneWhereAnotherConnectionTakesOver() {
		assertQuiet(Rule.RESET_STORM, Host.between(new Host().active(1), new Host().active(1).resetsSent(1000)));
		assertQuiet(Rule.RESET_STORM, Host.between(new Host().active(2), new Host().active(2).resetsSent(200))
			.settings((settings) -> settings.maxConnectionsPerHost(2)));
		assertQuiet(Rule.RESET_STORM,
				Host.between(new Host().active(1).resetsSent(500), new Host().active(1).resetsSent(600))
					.settings((settings) -> settings.strictMaxConcurrentStreams()));
	}

	@Test
	void resetStormOfTheServer() {
		assertFound(Rule.RESET_STORM,
				Host.between(new Host().active(2), new Host().active(2).closed("goaway", 10).closed("peer-reset", 1)),
				"ended 10 connections with GOAWAY and 1 with a reset within 10 s", "no more than 2 were open");
	}

	@Test
	void resetStormOfTheServerIsNoDeploy() {
		assertQuiet(Rule.RESET_STORM, Host.between(new Host().active(1), new Host().active(1).closed("goaway", 9)));
		assertQuiet(Rule.RESET_STORM, Host.between(new Host().active(50), new Host().closed("peer-reset", 100)));
		assertQuiet(Rule.RESET_STORM, Host.between(new Host(), new Host().active(50).closed("goaway", 100)));
		assertQuiet(Rule.RESET_STORM,
				Host.between(new Host().closed("goaway", 100), new Host().active(1).closed("goaway", 109)));
	}

	@Test
	void unreachable() {
		assertFound(Rule.UNREACHABLE,
				Host.between(new Host().dialFailed("connect-error", 3).failed("connect-error", 7, LONG),
						new Host().dialFailed("connect-error", 5).failed("connect-error", 20, LONG)),
				"2 attempts to connect failed within 10 s and none succeeded; 13 requests failed.",
				"This goes on for 5 s, the last error was \"it failed\".");
		assertFound(Rule.UNREACHABLE, now(new Host().dialFailed("connect-error", 1).failed("dns-error", 2, LONG)),
				"2 requests failed");
	}

	@Test
	void unreachableIsNoServerThatComesBackOrIsStillOpen() {
		assertQuiet(Rule.UNREACHABLE,
				now(new Host().dialFailed("connect-error", 20).failed("connect-error", 20, SHORT)));
		assertQuiet(Rule.UNREACHABLE,
				now(new Host().opened(101).dialFailed("connect-error", 20).failed("connect-error", 20, LONG)));
		assertQuiet(Rule.UNREACHABLE,
				now(new Host().active(1).dialFailed("connect-error", 20).failed("connect-error", 20, LONG)));
		assertQuiet(Rule.UNREACHABLE,
				Host.between(new Host().dialFailed("connect-error", 20).failed("connect-error", 20, LONG),
						new Host().dialFailed("connect-error", 20).failed("connect-error", 20, LONG)));
	}

	@Test
	void tlsFailing() {
		assertFound(Rule.TLS_FAILING,
				now(new Host().opened(102).dialFailed("tls-error", 3).failed("tls-error", 1, LONG)),
				"3 TLS handshakes failed within 10 s and 2 succeeded; 1 request failed.",
				"'conn-pool.clients.orders.ssl.bundle'");
	}

	@Test
	void tlsFailingIsNoneForAMomentOrIfMostSucceed() {
		assertQuiet(Rule.TLS_FAILING, now(new Host().dialFailed("tls-error", 3).failed("tls-error", 3, SHORT)));
		assertQuiet(Rule.TLS_FAILING,
				now(new Host().opened(103).dialFailed("tls-error", 3).failed("tls-error", 3, LONG)));
		assertQuiet(Rule.TLS_FAILING, Host.between(new Host().dialFailed("tls-error", 3).failed("tls-error", 3, LONG),
				new Host().dialFailed("tls-error", 3).failed("tls-error", 3, LONG)));
	}

	@Test
	void deadlinesPassing() {
		assertFound(Rule.DEADLINES_PASSING,
				now(new Host().acquired(60)
					.latency(Duration.ofMillis(120), Duration.ofSeconds(16))
					.failed("response-timeout", 3, SHORT)),
				"3 requests took longer than 'conn-pool.clients.orders.timeouts.response-header' within 10 s.",
				"half took 120 ms or less and one in a hundred more than 16 s");
		assertFound(Rule.DEADLINES_PASSING,
				now(new Host().failed("request-timeout", 1, SHORT).failed("stream-idle-timeout", 1234, SHORT)),
				"1,235 requests took longer than 'conn-pool.clients.orders.timeouts.request' and"
						+ " 'conn-pool.clients.orders.timeouts.stream-idle'",
				"Nothing was answered in the last minute");
	}

	@Test
	void deadlinesPassingAreNoneForFewRequests() {
		assertQuiet(Rule.DEADLINES_PASSING, now(new Host().acquired(10).failed("response-timeout", 2, LONG)));
		assertQuiet(Rule.DEADLINES_PASSING, now(new Host().acquired(61).failed("response-timeout", 3, LONG)));
		assertQuiet(Rule.DEADLINES_PASSING, Host.between(new Host().failed("response-timeout", 50, LONG),
				new Host().failed("response-timeout", 52, LONG)));
	}

	@Test
	void serverErrors() {
		assertFound(Rule.SERVER_ERRORS, now(new Host().acquired(50).failed("status-5xx", 10, LONG)),
				"10 of 50 requests were answered with a status of 500 or above within 10 s.");
	}

	@Test
	void serverErrorsAreNoneForAMomentOrForFewRequests() {
		assertQuiet(Rule.SERVER_ERRORS, now(new Host().acquired(50).failed("status-5xx", 50, SHORT)));
		assertQuiet(Rule.SERVER_ERRORS, now(new Host().acquired(51).failed("status-5xx", 10, LONG)));
		assertQuiet(Rule.SERVER_ERRORS,
				Host.between(new Host().failed("status-5xx", 10, LONG), new Host().failed("status-5xx", 10, LONG)));
	}

	@Test
	void turnedAway() {
		assertFound(Rule.TURNED_AWAY,
				now(new Host().failed("turned-away", 1, SHORT).failed("acquire-timeout", 4, SHORT)),
				"Within 10 s 1 caller was turned away because no more than 1,000 may wait",
				"and 4 callers waited in vain for longer than", "'conn-pool.clients.orders.timeouts.acquire'");
		assertQuiet(Rule.TURNED_AWAY,
				Host.between(new Host().failed("turned-away", 1, LONG), new Host().failed("turned-away", 1, LONG)));
	}

	@Test
	void addressOutlier() {
		assertFound(Rule.ADDRESS_OUTLIER,
				Host.between(requests(100, 0, 100, 0, 100, 0), requests(110, 0, 120, 1, 110, 2)),
				"10.0.0.2:443 failed for 2 of 10 requests within 10 s, the other 2 addresses for 1 of 30");
	}

	@Test
	void addressOutlierIsNoneOfFewRequestsOrIfOthersFailToo() {
		assertQuiet(Rule.ADDRESS_OUTLIER, now(requests(100, 0, 9, 9)));
		assertQuiet(Rule.ADDRESS_OUTLIER, now(requests(9, 0, 100, 100)));
		assertQuiet(Rule.ADDRESS_OUTLIER, now(requests(100, 6, 100, 100)));
		assertQuiet(Rule.ADDRESS_OUTLIER, now(requests(100, 0, 100, 19)));
		assertQuiet(Rule.ADDRESS_OUTLIER, now(requests(100, 100)));
		assertQuiet(Rule.ADDRESS_OUTLIER, Host.between(requests(100, 0, 100, 100), requests(200, 0, 200, 100)));
	}

	private static Host requests(long... requestsAndFailed) {
		long[][] addresses = new long[requestsAndFailed.length / 2][];
		for (int number = 0; number < addresses.length; number++) {
			addresses[number] = new long[] { requestsAndFailed[2 * number], requestsAndFailed[2 * number + 1] };
		}
		return new Host().requests(addresses);
	}

	@Test
	void certificateExpiring() {
		CertificateExpiring rule = new CertificateExpiring(Clock.fixed(NOON, ZoneOffset.UTC));
		assertThat(rule.check(expiring(Duration.ofDays(14).minusSeconds(1)))).contains("expires in 13 days",
				"on 2026-01-15T11:59:59Z");
		assertThat(rule.check(expiring(Duration.ofHours(25)))).contains("expires in 1 day on");
		assertThat(rule.check(expiring(Duration.ofHours(2)))).contains("expires in 2 hours on");
		assertThat(rule.check(expiring(Duration.ofHours(-1)))).contains("has expired on");
		assertThat(rule.check(expiring(Duration.ofDays(14)))).isNull();
		assertThat(rule.check(now(new Host()).build())).isNull();
		assertThat(rule.check(valid(Duration.ofHours(16), Duration.ofHours(8)))).isNull();
		assertThat(rule.check(valid(Duration.ofHours(16), Duration.ofHours(8).minusSeconds(1)))).contains("7 hours");
	}

	private static HostEvidence valid(Duration since, Duration left) {
		return now(new Host().certificate(NOON.minus(since), NOON.plus(left))).build();
	}

	private static HostEvidence expiring(Duration left) {
		return valid(Duration.ofDays(90), left);
	}

	@Test
	void notPooled() {
		Finding finding = Rule.NOT_POOLED
			.check(new ClientEvidence("orders", new TestSettings().build(), List.of("okHttp (okhttp3.OkHttpClient)")));
		assertThat(finding).isNotNull();
		assertThat(finding.message()).startsWith("Requests of okHttp (okhttp3.OkHttpClient) go over");
		assertThat(message(Rule.NOT_POOLED, (settings) -> settings)).isNull();
	}

	@Test
	void idleChurn() {
		Host.Evidence churning = churn(10, 20, 110).settings((settings) -> settings.maxIdleConnectionsPerHost(2));
		assertFound(Rule.IDLE_CHURN, churning, "10 connections were closed within 10 s because more than 2 were idle",
				"younger than 3 s", "10 were opened", "'conn-pool.clients.orders.pool.max-idle-connections-per-host'");
	}

	@Test
	void idleChurnIsNoSingleBurstAndNoAgeing() {
		assertQuiet(Rule.IDLE_CHURN, churn(0, 200, 400));
		assertQuiet(Rule.IDLE_CHURN, churn(10, 19, 110));
		assertQuiet(Rule.IDLE_CHURN, churn(10, 20, 104));
		assertQuiet(Rule.IDLE_CHURN, churn(10, 20, 110)
			.recentlyClosed(List.of(closed("max-idle-per-host", Duration.ofMinutes(2), null, 0))));
	}

	private static Host.Evidence churn(long before, long now, long opened) {
		return Host
			.between(new Host().closed("max-idle-per-host", before),
					new Host().closed("max-idle-per-host", now).opened(opened))
			.recentlyClosed(List.of(closed("max-idle-per-host", Duration.ofSeconds(3), null, 0)));
	}

	@Test
	void idleLongerThanServer() {
		assertFound(Rule.IDLE_LONGER_THAN_SERVER, now(new Host().closesAfter(Duration.ofSeconds(5))),
				"after they have been idle for about 5 s", "idle timeout of 90 s",
				"Set 'conn-pool.clients.orders.pool.idle-timeout' to '4s', or to 'auto'");
		assertFound(Rule.IDLE_LONGER_THAN_SERVER, now(new Host().closesAfter(Duration.ofSeconds(5)))
			.settings((settings) -> settings.idleTimeout(Duration.ZERO)), "idle timeout of none");
	}

	@Test
	void idleLongerThanServerIsNothingThatIsUnknownOrHeeded() {
		assertQuiet(Rule.IDLE_LONGER_THAN_SERVER, now(new Host()));
		assertQuiet(Rule.IDLE_LONGER_THAN_SERVER, now(new Host().closesAfter(Duration.ofSeconds(5)))
			.settings((settings) -> settings.idleTimeout(Duration.ofSeconds(4))));
		assertQuiet(Rule.IDLE_LONGER_THAN_SERVER, now(new Host().closesAfter(Duration.ofSeconds(5)))
			.settings((settings) -> settings.idleTimeout(IdleTimeout.AUTO)));
	}

	private static ClosedConnection closed(String reason, Duration age, @Nullable Duration idleFor, int second) {
		return new ClosedConnection("6f1c2a9e", "https://orders.example.com:443", "http/1.1", reason, age, idleFor, 3,
				NOON.plusSeconds(second));
	}

	@Test
	void duplicatePools() {
		assertFound(Rule.DUPLICATE_POOLS, Host.between(new Host().pools(2), new Host().pools(3).active(5)),
				"2 pools hold 5 connections", "'conn-pool.clients.orders.pool.max-connections-per-host': 100");
		assertQuiet(Rule.DUPLICATE_POOLS, Host.between(new Host().pools(1), new Host().pools(2)));
		assertQuiet(Rule.DUPLICATE_POOLS, Host.between(new Host().pools(2), new Host().pools(1)));
	}

	@Test
	void connectionImbalance() {
		assertFound(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(2, 0), new Host().addresses(2, 0), 100),
				"100 requests over HTTP/2 within 10 s went to 1 of 2 addresses (10.0.0.0:443)",
				"set 'conn-pool.clients.orders.http2.spread-addresses' to 'true'");
		assertFound(Rule.CONNECTION_IMBALANCE,
				pinned(new Host().addresses(1, 0, 0), new Host().addresses(1, 0, 0), 100)
					.settings((settings) -> settings.spreadAddresses().maxConnectionsPerHost(1)),
				"only 1 connections are allowed",
				"Raise 'conn-pool.clients.orders.pool.max-connections-per-host' to 3");
	}

	@Test
	void connectionImbalanceIsNoneWithoutTrafficOrForAMomentOrOverHttp1() {
		assertQuiet(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(1, 0), new Host().addresses(1, 0), 99));
		assertQuiet(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(1, 1), new Host().addresses(1, 0), 100));
		assertQuiet(Rule.CONNECTION_IMBALANCE,
				pinned(new Host().addresses(1, 0, 0), new Host().addresses(1, 1, 0), 100));
		assertQuiet(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(1), new Host().addresses(1), 100));
		assertQuiet(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(0, 0), new Host().addresses(0, 0), 100));
		assertQuiet(Rule.CONNECTION_IMBALANCE, Host.between(new Host().speaks("http/1.1").addresses(1, 0),
				new Host().speaks("http/1.1").addresses(1, 0).acquired(100)));
		assertQuiet(Rule.CONNECTION_IMBALANCE, pinned(new Host().addresses(1, 0), new Host().addresses(1, 0), 100)
			.settings((settings) -> settings.spreadAddresses()));
	}

	private static Host.Evidence pinned(Host before, Host now, int requests) {
		return Host.between(before.speaks("h2"), now.speaks("h2").acquired(requests));
	}

	@Test
	void leak() {
		assertFound(Rule.LEAK, now(new Host().leaking(2)), "2 exchanges",
				"'conn-pool.clients.orders.leak-reclaim-threshold'");
		assertQuiet(Rule.LEAK, now(new Host()));
	}

	@Test
	void ephemeralPortPressure() {
		PortPressure rule = new PortPressure(1000);
		assertThat(rule.check(ends("keep-alive-off", 90))).contains("9 connections are closed each second",
				"540 of 1000 ports", "'conn-pool.clients.orders.pool.keep-alive'");
		assertThat(rule.check(ends("keep-alive-off", 80))).isNull();
		assertThat(rule.check(ends("peer-closed", 1000))).isNull();
		for (String reason : List.of("drained", "idle-closed", "address-removed", "superseded", "evicted")) {
			assertThat(rule.check(ends(reason, 1000))).isNull();
		}
		assertThat(rule.check(Host.between(new Host(), new Host().closed("cancelled", 1000)).build())).isNull();
	}

	private static HostEvidence ends(String reason, long connections) {
		return Host.between(new Host().closed(reason, 1000), new Host().closed(reason, 1000 + connections)).build();
	}

	@Test
	void deadlineOrder() {
		assertThat(deadlines(
				(settings) -> settings.responseHeader(Duration.ofSeconds(60)).acquire(Duration.ofSeconds(31))))
			.contains(
					"'conn-pool.clients.orders.timeouts.acquire' (31 s) never passes because"
							+ " 'conn-pool.clients.orders.timeouts.request' (30 s) does before",
					"'conn-pool.clients.orders.timeouts.response-header' (60 s)");
		assertThat(deadlines((settings) -> settings.connect(Duration.ofSeconds(12))))
			.contains("'conn-pool.clients.orders.timeouts.connect' (12 s) never passes because"
					+ " 'conn-pool.clients.orders.timeouts.acquire' (10 s) does before")
			.doesNotContain("request");
		assertThat(deadlines((settings) -> settings.leaks(Duration.ofSeconds(60), Duration.ZERO)))
			.contains("leak-detection-threshold' (60 s) never passes");
	}

	@Test
	void deadlineOrderOfAHost() {
		assertThat(deadlines((settings) -> settings.host("model", (host) -> host.responseHeader(Duration.ofMinutes(1)))
			.host("same", (host) -> host.maxConnectionsPerHost(1))))
			.isEqualTo("'conn-pool.hosts.model.timeouts.response-header' (60 s) never passes because"
					+ " 'conn-pool.clients.orders.timeouts.request' (30 s) does before."
					+ " Shorten what never passes, or raise what passes before.");
		assertThat(deadlines((settings) -> settings.host("model",
				(host) -> host.responseHeader(Duration.ofMinutes(1)).request(Duration.ofMinutes(2)))))
			.isNull();
	}

	@Test
	void deadlineOrderThatHostsInheritIsToldOnce() {
		assertThat(deadlines((settings) -> settings.responseHeader(Duration.ofSeconds(60))
			.host("one", (host) -> host)
			.host("two", (host) -> host))).containsOnlyOnce("(60 s)");
	}

	@Test
	void deadlinesInOrder() {
		assertThat(deadlines((settings) -> settings)).isNull();
		assertThat(deadlines((settings) -> settings.responseHeader(Duration.ofSeconds(30)))).isNull();
		assertThat(deadlines((settings) -> settings.request(Duration.ZERO).responseHeader(Duration.ofMinutes(5))))
			.isNull();
		assertThat(deadlines((settings) -> settings.responseHeader(Duration.ZERO))).isNull();
	}

	@Test
	void deadlinesThatNobodyChoseMayBeLong() {
		assertThat(deadlines((settings) -> settings.request(Duration.ofSeconds(2)))).isNull();
		assertThat(deadlines((settings) -> settings.acquire(Duration.ofSeconds(2)))).isNull();
	}

	@Test
	void aLimitOfTheHostIsNamed() {
		Host.Evidence full = Host.between(new Host().active(8).pending(1), new Host().active(8).pending(5))
			.settings((settings) -> settings.host("orders.example.com", (host) -> host.maxConnectionsPerHost(8)));
		assertFound(Rule.POOL_SATURATED, full, "'conn-pool.hosts.orders.example.com.pool.max-connections-per-host'");
	}

	private static @Nullable String deadlines(UnaryOperator<TestSettings> change) {
		return message(Rule.DEADLINE_ORDER, change);
	}

	@Test
	void smallWindows() {
		assertThat(message(Rule.H2_WINDOW_SMALL, (settings) -> settings.windows(65_535, 1 << 20)))
			.contains("at most 1.3 MB/s", "'conn-pool.clients.orders.http2.initial-window-size'");
		assertThat(message(Rule.H2_WINDOW_SMALL, (settings) -> settings.windows(1 << 20, 1 << 19)))
			.contains("'conn-pool.clients.orders.http2.connection-window-size'");
		assertThat(message(Rule.H2_WINDOW_SMALL, (settings) -> settings)).isNull();
		assertThat(message(Rule.H2_WINDOW_SMALL,
				(settings) -> settings.windows(65_535, 1 << 20).protocols(Protocol.HTTP_1_1)))
			.isNull();
	}

	@Test
	void rightSize() {
		assertFound(Rule.RIGHT_SIZE, loaded(new Load(6, Duration.ofSeconds(60), 8, 4, 40)),
				"40.0 requests began each second and took 0.300 s with their wait: 40.0 x 0.300 = 12.0 were under way",
				"8 connections are allowed", "set 'conn-pool.clients.orders.pool.max-connections-per-host' to 15");
	}

	@Test
	void rightSizeSaysNothingOfAPoolThatSuffices() {
		assertQuiet(Rule.RIGHT_SIZE, loaded(new Load(5, Duration.ofSeconds(60), 8, 4, 40)));
		assertQuiet(Rule.RIGHT_SIZE, loaded(new Load(6, Duration.ofSeconds(60), 8, 0.9, 40)));
		assertQuiet(Rule.RIGHT_SIZE, loaded(new Load(6, Duration.ofSeconds(60), 2, 2, 40)));
		assertQuiet(Rule.RIGHT_SIZE, loaded(new Load(6, Duration.ofSeconds(60), 8, 4, 0)));
		assertQuiet(Rule.RIGHT_SIZE, loaded(new Load(6, Duration.ofSeconds(60), 6, 40, 40)));
	}

	private static Host.Evidence loaded(Load load) {
		return now(new Host()).settings((settings) -> settings.maxConnectionsPerHost(8)).load(load);
	}

	private static @Nullable String message(Rule rule, UnaryOperator<TestSettings> change) {
		Finding finding = rule.check(new ClientEvidence("orders", change.apply(new TestSettings()).build(), List.of()));
		return (finding != null) ? finding.message() : null;
	}

	private static Host.Evidence now(Host host) {
		return Host.between(new Host(), host);
	}

	private static void assertFound(Rule rule, Host.Evidence evidence, String... parts) {
		Finding finding = rule.check(evidence.build());
		assertThat(finding).isNotNull();
		assertThat(finding.host()).isEqualTo("https://orders.example.com:443");
		assertThat(finding.message()).contains(parts);
	}

	private static void assertQuiet(Rule rule, Host.Evidence evidence) {
		assertThat(rule.check(evidence.build())).isNull();
	}

}
