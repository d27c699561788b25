package dev.connpool.autoconfigure.binding;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.DiscardSettings;
import dev.connpool.settings.DnsSettings;
import dev.connpool.settings.FindingSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.IdleTimeout;
import dev.connpool.settings.LeakSettings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.settings.Shown;
import dev.connpool.settings.TcpSettings;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.settings.Transport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConfiguredClients}.
 */
class ConfiguredClientsTests {

	private final MockEnvironment environment = new MockEnvironment();

	@Test
	void defaultClientHasTheDefaultsWhenNothingIsSet() {
		assertThat(clients().names()).containsExactly("default");
		assertThat(clients().settings("default")).isEqualTo(ClientSettings.DEFAULTS);
	}

	@Test
	void everyPropertyArrives() {
		set("conn-pool.", "base-url=https://example.com", "protocols=h2", "transport=reactor-netty",
				"user-agent=orders/1.0", "pool.max-connections-per-host=1", "pool.max-idle-connections-per-host=2",
				"pool.max-idle-connections=3", "pool.idle-timeout=4s", "pool.max-lifetime=5s",
				"pool.max-lifetime-jitter=0.6", "pool.max-pending-acquires=7", "pool.keep-alive=false",
				"timeouts.connect=8s", "timeouts.tls-handshake=9s", "timeouts.acquire=10s",
				"timeouts.response-header=11s", "timeouts.request=12s", "timeouts.stream-idle=13s",
				"timeouts.expect-continue=26s", "tcp.keep-alive=false", "tcp.keep-alive-idle=14s", "tcp.no-delay=false",
				"http2.strict-max-concurrent-streams=true", "http2.max-concurrent-streams=15",
				"http2.initial-window-size=16KB", "http2.connection-window-size=17MB",
				"http2.max-header-list-size=18KB", "http2.header-table-size=19KB", "http2.ping-interval=22s",
				"http2.ping-timeout=23s", "http2.spread-addresses=true", "dns.refresh-interval=29s",
				"dns.drain-removed-addresses=false", "discard.max-bytes=24KB", "discard.max-wait=25ms",
				"replay.enabled=false", "replay.budget-ratio=0.24", "replay.min-per-second=25",
				"replay.retry-statuses=429,503", "proxy.mode=explicit", "proxy.url=http://proxy:26",
				"proxy.no-proxy=one,two", "proxy.username=user", "proxy.password=secret", "ssl.bundle=twenty",
				"compression=false", "max-response-header-size=21KB", "logging.exchange=true",
				"leak-detection-threshold=27s", "leak-reclaim-threshold=28s", "findings.silenced=leak,idle-churn");
		ClientSettings defaults = ClientSettings.DEFAULTS;
		assertThat(clients().settings("default"))
			.isEqualTo(defaults.with((client) -> client.baseUrl(URI.create("https://example.com"))
				.protocols(List.of(Protocol.H2))
				.transport(Transport.REACTOR_NETTY)
				.userAgent("orders/1.0")
				.pool(defaults.pool()
					.with((pool) -> pool.maxConnectionsPerHost(1)
						.maxIdleConnectionsPerHost(2)
						.maxIdleConnections(3)
						.idleTimeout(IdleTimeout.of(Duration.ofSeconds(4)))
						.maxLifetime(Duration.ofSeconds(5))
						.maxLifetimeJitter(0.6)
						.maxPendingAcquires(7)
						.keepAlive(false)))
				.timeouts(defaults.timeouts()
					.with((timeouts) -> timeouts.connect(Duration.ofSeconds(8))
						.tlsHandshake(Duration.ofSeconds(9))
						.acquire(Duration.ofSeconds(10))
						.responseHeader(Duration.ofSeconds(11))
						.request(Duration.ofSeconds(12))
						.streamIdle(Duration.ofSeconds(13))
						.expectContinue(Duration.ofSeconds(26))))
				.tcp(new TcpSettings(false, Duration.ofSeconds(14), false))
				.http2(defaults.http2()
					.with((http2) -> http2.strictMaxConcurrentStreams(true)
						.maxConcurrentStreams(15)
						.initialWindowSize(16 * 1024)
						.connectionWindowSize(17 * 1024 * 1024)
						.maxHeaderListSize(18 * 1024)
						.headerTableSize(19 * 1024)
						.pingInterval(Duration.ofSeconds(22))
						.pingTimeout(Duration.ofSeconds(23))
						.spreadAddresses(true)))
				.discard(new DiscardSettings(24 * 1024, Duration.ofMillis(25)))
				.replay(new ReplaySettings(false, 0.24, 25, Set.of(429, 503)))
				.dns(new DnsSettings(Duration.ofSeconds(29), false))
				.proxy(new ProxySettings(ProxySettings.Mode.EXPLICIT, "http://proxy:26", List.of("one", "two"), "user",
						"secret"))
				.sslBundle("twenty")
				.compression(false)
				.maxResponseHeaderSize(21 * 1024)
				.logExchanges(true)
				.leaks(new LeakSettings(Duration.ofSeconds(27), Duration.ofSeconds(28)))
				.findings(new FindingSettings(Set.of("leak", "idle-churn")))));
	}

	@Test
	void propertiesAndSettingsHaveTheSameOrder() {
		List<String> groups = names(ClientProperties.class);
		assertThat(names(ConnPoolProperties.class)).containsSubsequence(groups);
		groups.retainAll(names(ClientSettings.class));
		assertThat(names(ClientSettings.class)).containsSubsequence(groups);
		Map.of(PoolProperties.class, PoolSettings.class, TimeoutProperties.class, TimeoutSettings.class,
				TcpProperties.class, TcpSettings.class, Http2Properties.class, Http2Settings.class,
				DiscardProperties.class, DiscardSettings.class, ReplayProperties.class, ReplaySettings.class,
				DnsProperties.class, DnsSettings.class, ProxyProperties.class, ProxySettings.class)
			.forEach((properties, settings) -> assertThat(names(properties)).isEqualTo(names(settings)));
	}

	private static List<String> names(Class<? extends Record> type) {
		return Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getName)
			.collect(Collectors.toCollection(ArrayList::new));
	}

	@Test
	void aClientHasTheUserAgentOfTheDefaultClientUntilItHasItsOwn() {
		set("conn-pool.", "user-agent=shop/2", "clients.orders.user-agent=", "clients.stock.compression=false");
		assertThat(clients().settings("stock").userAgent()).isEqualTo("shop/2");
		assertThat(clients().settings("orders").userAgent()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "shop\r\nX-Injected: 1", "shop\n", "\u0000", "büro/1.0", " shop", "shop ", "shop\u007f", "\t" })
	void whatIsNoUserAgentIsRefused(String value) {
		this.environment.setProperty("conn-pool.clients.orders.user-agent", value);
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessage("Property 'conn-pool.clients.orders.user-agent' %s but must be printable ASCII without spaces"
					+ " around it, as in 'orders/1.0', or empty to send none", Shown.clause(value));
	}

	@Test
	void settingsThatDependOnEachOtherAreChangedTogether() {
		set("conn-pool.", "pool.max-connections-per-host=10", "pool.min-idle-connections=8",
				"base-url=https://orders.example.com", "protocols=h2", "clients.small.pool.max-connections-per-host=3",
				"clients.small.pool.min-idle-connections=2", "clients.small.base-url=http://orders.example.com",
				"clients.small.protocols=h2c");
		assertThat(clients().settings("small").pool().minIdleConnections()).isEqualTo(2);
		assertThat(clients().settings("small").protocols()).containsExactly(Protocol.H2C);
	}

	@Test
	void connectionsToBeOpenedBeforehandArrive() {
		set("conn-pool.", "pool.min-idle-connections=2", "clients.orders.pool.min-idle-connections=3");
		assertThat(clients().settings("default").pool().minIdleConnections()).isEqualTo(2);
		assertThat(clients().settings("orders").pool().minIdleConnections()).isEqualTo(3);
	}

	@ParameterizedTest
	@CsvSource({ "auto, auto", "AUTO, auto", "7s, PT7S", "7, PT0.007S", "PT7S, PT7S", "0, PT0S", "'', PT1M30S" })
	void theIdleTimeoutIsADurationOrAuto(String value, String expected) {
		set("conn-pool.", "pool.idle-timeout=" + value);
		assertThat(clients().settings("default").pool().idleTimeout()).hasToString(expected);
	}

	@ParameterizedTest
	@CsvSource({ "max-connections-per-host", "max-idle-connections-per-host", "max-idle-connections" })
	void refusesMoreConnectionsBeforehandThanALimitAllows(String limit) {
		set("conn-pool.pool.", limit + "=2", "min-idle-connections=3");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith(
					"Property 'conn-pool.pool.min-idle-connections' is '3' but must be at most 'pool.%s', which is 2"
						.formatted(limit));
	}

	@Test
	void refusesConnectionsBeforehandThatAreNotKept() {
		set("conn-pool.pool.", "keep-alive=false", "min-idle-connections=3");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageContaining("must be 0 because 'pool.keep-alive' is 'false'");
	}

	@Test
	void tokensMayBeFetchedWithAnyClient() {
		assertThat(clients().tokenClient()).isNull();
		set("conn-pool.clients.", "tokens.timeouts.request=3s");
		set("spring.http.serviceclient.", "issuer.base-url=https://issuer.example.com");
		for (String name : List.of("default", "tokens", "issuer")) {
			set("conn-pool.", "oauth2.client=" + name);
			assertThat(clients().tokenClient()).isEqualTo(name);
		}
	}

	@ParameterizedTest
	@CsvSource({ "token, is 'token'", "'', is ''",
			"s3cr3t, 'has a value of length 6 that is not shown, as it may hold credentials,'" })
	void refusesToFetchTokensWithAClientThatDoesNotExist(String name, String shown) {
		set("conn-pool.", "clients.tokens.timeouts.request=3s", "oauth2.client=" + name);
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessage("Property 'conn-pool.oauth2.client' %s but must be the name of a client,"
					+ " one of [default, tokens]; others are configured under 'conn-pool.clients'", shown);
	}

	@Test
	void tokensAreFetchedWithOneClientOfAll() {
		set("conn-pool.clients.", "tokens.oauth2.client=tokens");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageContaining(
					"'conn-pool.clients.tokens.oauth2.client' is set but there is no property of that name");
	}

	@Test
	void aProxyUrlAloneIsExplicit() {
		set("conn-pool.", "proxy.url=http://proxy:3128", "clients.orders.proxy.mode=none",
				"clients.users.proxy.no-proxy=example.com");
		assertThat(clients().settings("default").proxy().mode()).isEqualTo(ProxySettings.Mode.EXPLICIT);
		assertThat(clients().settings("orders").proxy().mode()).isEqualTo(ProxySettings.Mode.NONE);
		assertThat(clients().settings("users").proxy().mode()).isEqualTo(ProxySettings.Mode.EXPLICIT);
	}

	@Test
	void namedClientInheritsAndOverridesOneValue() {
		set("conn-pool.", "pool.max-connections-per-host=9", "timeouts.request=3s", "base-url=http://example.com",
				"clients.orders.timeouts.request=1s");
		ClientSettings orders = clients().settings("orders");
		assertThat(orders.timeouts().request()).hasSeconds(1);
		assertThat(orders.pool().maxConnectionsPerHost()).isEqualTo(9);
		assertThat(orders.baseUrl()).isEqualTo(URI.create("http://example.com"));
		assertThat(orders.timeouts().connect()).isEqualTo(ClientSettings.DEFAULTS.timeouts().connect());
		assertThat(clients().settings("default").timeouts().request()).hasSeconds(3);
	}

	@Test
	void eachLevelWinsOverTheOneBelow() {
		set("spring.http.clients.", "connect-timeout=1s", "read-timeout=1s", "ssl.bundle=one");
		assertLevel("orders", 1, "one");
		set("conn-pool.", "timeouts.connect=2s", "timeouts.response-header=2s", "ssl.bundle=two");
		assertLevel("default", 2, "two");
		set("spring.http.serviceclient.orders.", "connect-timeout=3s", "read-timeout=3s", "ssl.bundle=three");
		assertLevel("orders", 3, "three");
		set("conn-pool.clients.orders.", "timeouts.connect=4s", "timeouts.response-header=4s", "ssl.bundle=four");
		assertLevel("orders", 4, "four");
		assertLevel("default", 2, "two");
	}

	@Test
	void serviceClientPropertiesMakeAClientWithoutABean() {
		set("spring.http.serviceclient.", "stock.base-url=https://stock.example.com/v1");
		assertThat(clients().names()).containsExactly("default", "stock");
		assertThat(clients().beanNames()).isEmpty();
		assertThat(clients().settings("stock").baseUrl()).isEqualTo(URI.create("https://stock.example.com/v1"));
	}

	@Test
	void baseUrlThatOnlyBootUnderstandsIsLeftToBoot() {
		set("conn-pool.", "base-url=https://example.com");
		set("spring.http.serviceclient.", "stock.base-url=lb://stock", "bills.base-url={host}/bills");
		assertThat(clients().settings("stock").baseUrl()).isNull();
		assertThat(clients().settings("bills").baseUrl()).isNull();
	}

	@Test
	void hostOverridesItsClient() {
		set("conn-pool.", "http2.max-concurrent-streams=50", "hosts.legacy.authority=Legacy.Example.com:8443",
				"hosts.legacy.pool.max-connections-per-host=4");
		ClientSettings settings = clients().settings("default");
		assertThat(settings.hosts()).containsOnlyKeys("legacy.example.com:8443");
		assertThat(settings.host("legacy.example.com", 8443).pool().maxConnectionsPerHost()).isEqualTo(4);
		assertThat(settings.host("legacy.example.com", 8443).http2().maxConcurrentStreams()).isEqualTo(50);
		assertThat(settings.host("legacy.example.com", 443).pool().maxConnectionsPerHost()).isEqualTo(100);
	}

	@Test
	void namedClientInheritsHostsAndWhatTheyDoNotSetIsItsOwn() {
		set("conn-pool.", "hosts.legacy.authority=legacy", "hosts.legacy.pool.max-connections-per-host=4",
				"clients.orders.pool.max-connections-per-host=50", "clients.orders.pool.idle-timeout=7s",
				"clients.orders.hosts.old.authority=LEGACY", "clients.orders.hosts.old.pool.max-pending-acquires=3");
		PoolSettings pool = clients().settings("orders").host("legacy", 80).pool();
		assertThat(pool.maxConnectionsPerHost()).isEqualTo(4);
		assertThat(pool.idleTimeout().longest()).hasSeconds(7);
		assertThat(pool.maxPendingAcquires()).isEqualTo(3);
		assertThat(clients().settings("default").host("legacy", 80).pool().maxPendingAcquires()).isEqualTo(1000);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			conn-pool.hosts.old.timeouts.request                            | PT-1S | must not be negative
			conn-pool.hosts.old.timeouts.connect                            | PT0S | must be longer than zero
			conn-pool.clients.orders.hosts.old.timeouts.response-header     | PT600H | must be at most 24 days
			conn-pool.clients.orders.hosts.old.replay.budget-ratio          | 1.5  | must be from 0 to 1
			conn-pool.hosts.old.replay.retry-statuses                       | 200  | must be from 400 to 599
			""")
	void refusesAValueOfAHostNamingTheProperty(String property, String value, String requirement) {
		set(property.substring(0, property.indexOf("old.")), "old.authority=old.example.com");
		set("", property + "=" + value);
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property '%s' is '%s' but ".formatted(property, value))
			.withMessageContaining(requirement);
	}

	@ParameterizedTest
	@CsvSource({ "[::1]:8443, 0:0:0:0:0:0:0:1", "[::1]:8443, [::1]", "[0:0::1], ::1", "'[2001:DB8::1]', 2001:db8::1" })
	void aHostMayBeAnIpv6AddressHoweverItIsWritten(String authority, String host) {
		set("conn-pool.hosts.model.", "authority=" + authority, "timeouts.request=7s");
		assertThat(clients().settings("default").host(host, 8443).timeouts().request()).hasSeconds(7);
	}

	@Test
	void aHostInheritsEachDeadlineByItself() {
		set("conn-pool.", "timeouts.request=20s", "timeouts.acquire=3s", "hosts.model.authority=model",
				"hosts.model.timeouts.request=60s", "clients.orders.timeouts.request=5s",
				"clients.orders.timeouts.connect=4s", "clients.orders.replay.enabled=false",
				"clients.orders.hosts.mine.authority=model", "clients.orders.hosts.mine.replay.min-per-second=1");
		HostSettings host = clients().settings("orders").host("model", 443);
		assertThat(host.timeouts()).isEqualTo(ClientSettings.DEFAULTS.timeouts()
			.with((timeouts) -> timeouts.request(Duration.ofSeconds(60))
				.acquire(Duration.ofSeconds(3))
				.connect(Duration.ofSeconds(4))));
		assertThat(host.replay()).isEqualTo(new ReplaySettings(false, 0.2, 1, Set.of()));
		assertThat(host.property("orders", "timeouts.request")).isEqualTo("conn-pool.hosts.model.timeouts.request");
		assertThat(host.property("orders", "timeouts.connect")).isEqualTo("conn-pool.clients.orders.timeouts.connect");
		assertThat(host.property("orders", "replay.min-per-second"))
			.isEqualTo("conn-pool.clients.orders.hosts.mine.replay.min-per-second");
		assertThat(clients().settings("orders").host("other", 443).properties()).isEmpty();
	}

	@Test
	void everyPropertyOfAHostIsNamed() {
		List<String> settings = new ArrayList<>();
		Map.of("pool", PoolProperties.class, "timeouts", TimeoutProperties.class, "http2", Http2Properties.class,
				"replay", ReplayProperties.class)
			.forEach((group, type) -> names(type).forEach(
					(name) -> settings.add(group + "." + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))));
		settings.remove("pool.max-idle-connections");
		set("conn-pool.hosts[my.model].", "authority=model");
		settings.forEach((setting) -> set("conn-pool.hosts[my.model].", setting + "=" + value(setting)));
		assertThat(clients().settings("default").host("model", 443).properties()).isEqualTo(settings.stream()
			.collect(Collectors.toMap(Function.identity(), "conn-pool.hosts[my.model].%s"::formatted)));
	}

	private static String value(String setting) {
		if (setting.matches(".*(timeouts|lifetime$|-timeout$|interval).*")) {
			return "7s";
		}
		if (setting.matches(".*(ratio|jitter)")) {
			return "0.5";
		}
		return setting.matches(".*(enabled|alive|addresses|strict.*)") ? "true"
				: setting.endsWith("statuses") ? "503" : setting.endsWith("size") ? "70000" : "2";
	}

	@Test
	void idleCapAboveConnectionCapIsNoError() {
		set("conn-pool.pool.", "max-connections-per-host=1", "max-idle-connections-per-host=50");
		assertThat(clients().settings("default").pool().maxConnectionsPerHost()).isOne();
	}

	@Test
	void h2BesideHttp1IsFineForCleartext() {
		set("conn-pool.", "base-url=http://example.com", "protocols=h2,http/1.1");
		assertThat(clients().settings("default").protocols()).containsExactly(Protocol.H2, Protocol.HTTP_1_1);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					conn-pool.pool.max-connections-per-host                         | -1   | must be at least 0; 0 means no limit
					conn-pool.clients.orders.pool.max-connections-per-host          | -1   | must be at least 0; 0 means no limit
					conn-pool.pool.max-idle-connections                             | 0    | must be at least 1
					conn-pool.clients.orders.pool.max-lifetime-jitter               | 2.0  | must be from 0 to 1
					conn-pool.pool.idle-timeout                                     | 60x | must be a duration, as in '60s', or 'auto'
					conn-pool.pool.idle-timeout                                     | PT-1S | must not be negative
					conn-pool.pool.min-idle-connections                             | -1   | must be at least 0
					conn-pool.timeouts.connect                                      | PT0S | must be longer than zero
					conn-pool.timeouts.expect-continue                              | PT-1S | must not be negative
					conn-pool.discard.max-wait                                      | PT0S | must be longer than zero
					conn-pool.clients.orders.discard.max-bytes                      | -1   | must be at least 0; 0 closes the connection instead
					conn-pool.clients.orders.timeouts.acquire                       | PT-1S | must not be negative
					spring.http.clients.connect-timeout                             | PT0S | must be longer than zero
					spring.http.serviceclient.stock.read-timeout                    | PT-1S | must not be negative
					conn-pool.protocols                                             | spdy | must be one of 'http/1.1', 'h2', 'h2c'
					conn-pool.clients.orders.protocols                              | h3   | HTTP/3 is not supported
					conn-pool.base-url                                              | http:///orders | must name a host
					conn-pool.clients.orders.base-url                               | orders.example.com | must start with 'http://'
					conn-pool.http2.initial-window-size                             | 3221225472B | must be less than 2GB
					conn-pool.clients.orders.transport                              | direkt | must be one of 'auto', 'direct', 'reactor-netty'
					conn-pool.clients.orders.hosts.old.authority                    | http://old | must be a host or host:port
					conn-pool.hosts.old.authority                                   | old:70000 | must be a host or host:port
					conn-pool.clients.orders.findings.silenced                      | leaks | must be one of 'unreachable', 'tls-failing'
					conn-pool.clients.orders.dns.refresh-interval                    | PT0.5S | must be at least 1s; 0 follows
					conn-pool.leak-reclaim-threshold                                | PT1S | must not be shorter than 'leak-detection-threshold', which must be set
					""")
	void refusesAValueNamingThePropertyWhereItWasSet(String property, String value, String requirement) {
		this.environment.setProperty(property, value);
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property '%s' is '%s' but ".formatted(property, value))
			.withMessageContaining(requirement);
	}

	@Test
	void refusesAValueOfTheDefaultsUnderTheirName() {
		set("conn-pool.", "pool.max-pending-acquires=-1", "clients.orders.pool.max-connections-per-host=5");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property 'conn-pool.pool.max-pending-acquires' is '-1'");
	}

	@Test
	void refusesH2AloneOverCleartextWhereverBothWereSet() {
		set("conn-pool.", "protocols=h2", "clients.orders.base-url=http://joe:secret@orders.example.com");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith(
					"Property 'conn-pool.protocols' is 'h2' but cannot be spoken to" + " 'http://orders.example.com'")
			.withMessageContaining("add 'http/1.1', or use 'h2c'")
			.withMessageNotContaining("secret");
	}

	@Test
	void refusesAHostWithoutAuthority() {
		set("conn-pool.", "hosts.legacy.pool.max-connections-per-host=4");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property 'conn-pool.hosts.legacy.authority' is not set but must be a host");
	}

	@Test
	void refusesABadLimitOfAHost() {
		set("conn-pool.clients.orders.hosts.", "old.authority=old", "old.pool.max-connections-per-host=-1");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith(
					"Property 'conn-pool.clients.orders.hosts.old.pool.max-connections-per-host' is '-1'");
	}

	@Test
	void refusesALimitOverAllHostsForOneHost() {
		set("conn-pool.hosts.", "old.authority=old", "old.pool.max-idle-connections=5");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property 'conn-pool.hosts.old.pool.max-idle-connections' is '5' but cannot");
	}

	@Test
	void refusesTheSameHostTwice() {
		set("conn-pool.hosts.", "old.authority=legacy", "older.authority=LEGACY");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageContaining("but must differ from 'hosts.old.authority'");
	}

	@Test
	void refusesAClientNamedDefault() {
		set("conn-pool.clients.", "default.timeouts.request=1s");
		assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(this::clients)
			.withMessageStartingWith("Property 'conn-pool.clients.default' is 'default' but must have another name");
	}

	private void assertLevel(String client, int seconds, String bundle) {
		if (!clients().names().contains(client)) {
			set("conn-pool.clients.", client + ".compression=true");
		}
		ClientSettings settings = clients().settings(client);
		assertThat(settings.timeouts().connect()).hasSeconds(seconds);
		assertThat(settings.timeouts().responseHeader()).hasSeconds(seconds);
		assertThat(settings.sslBundle()).isEqualTo(bundle);
	}

	private void set(String prefix, String... properties) {
		for (String property : properties) {
			int split = property.indexOf('=');
			this.environment.setProperty(prefix + property.substring(0, split), property.substring(split + 1));
		}
	}

	private ConfiguredClients clients() {
		return new ConfiguredClients(this.environment);
	}

}
