package dev.connpool.autoconfigure.binding;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * No start that fails tells a secret, whatever was mistyped: neither in what users read
 * nor anywhere in the chain of exceptions.
 */
class StartSecretsTests {

	private String message = "";

	@ParameterizedTest
	@ValueSource(strings = { "http://user:SECRET/pw@h/x", "http://user:SECRET pw@h", "https:\\\\user:SECRET@h",
			"http://user:SEC@RET@h", "http://user:pw@SECRET@h:x", "http://h/?token=SECRET x", "http://h?token=SECRET^",
			"http://h/#SECRET x", "user:SECRET@h", "http:user:SECRET@h", "http:/user:SECRET@h", "http//user:SECRET@h",
			"ftp://user:SECRET@h", "http://user:SECRET", "http://user%40corp:SECRET", "http://user:SECRET%40h",
			"http://user:SECRET#@h", "http://user:SECRET?@h", "http://user:SEC[RET@h", "http://user:%SECRET@h",
			"http://user:SECRET@h:99999", "http://user:SECRET@h:port", "http://user:SECRET@", "token=SECRET", "SECRET",
			"http://h:80:SECRET", "http://user:SECRET\u0000@h", "http://user:SECRET\n@h", "{http://user:SECRET@h",
			"https://user:SECRET@[::1", "http://h/x?key=SECRET\\", "htp://h/x?key=SECRET" })
	void baseUrl(String url) {
		refuses("conn-pool.base-url", url);
		refuses("conn-pool.clients.orders.base-url", url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user:SECRET/pw@h/x", "http://user:SECRET pw@h", "https:\\\\user:SECRET@h",
			"http://user:SEC@RET@h", "http://h/?token=SECRET x", "http:user:SECRET@h", "http://user:SECRET@h:99999",
			"http://user:SECRET" })
	void baseUrlOfAServiceGroup(String url) {
		refuses("spring.http.serviceclient.orders.base-url", url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://user:SECRET/pw@h/x", "http://user:SECRET pw@h", "https:\\\\user:SECRET@h",
			"http://user:SEC@RET x", "http://h/?token=SECRET x", "ftp://user:SECRET@h", "http://user:SECRET",
			"user:SECRET", "http://user:SECRET@h:99999", "user:SECRET@h:port", "https://user:SECRET@h",
			"http://user:SECRET/@h" })
	void proxyUrl(String url) {
		refuses("conn-pool.proxy.url", url);
		refuses("conn-pool.clients.orders.proxy.url", url);
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy.passwort", "proxy.user.password", "proxy.pasword", "proxy.uri", "base-uri", "token",
			"clients.orders.proxy.passwort", "clients.orders.baseuri", "hosts.legacy.token" })
	void unknownProperty(String name) {
		refuses("conn-pool." + name, "user:SECRET@h");
		refuses("conn-pool." + name, "SECRET");
		assertThat(this.message).contains("conn-pool." + name);
	}

	@Test
	void colonInPlaceOfAnEqualsSign() {
		refuses("conn-pool.proxy.password:SECRET", "");
		refuses("conn-pool.proxy.url:http://user:SECRET@h", "");
		refuses("conn-pool.base-url:http://user:SECRET@h", "");
		refuses("conn-pool.clients.orders.proxy.password:SECRET", "");
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy", "pool", "hosts", "hosts.legacy", "clients", "clients.orders", "timeouts",
			"clients.orders.proxy", "clients.orders.hosts", "ssl", "replay", "oauth2" })
	void valueInPlaceOfAGroup(String name) {
		refuses("conn-pool." + name, "password:SECRET");
		refuses("conn-pool." + name, "http://user:SECRET@h");
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy.mode", "proxy.no-proxy", "timeouts.connect", "pool.max-connections-per-host",
			"pool.idle-timeout", "max-response-header-size", "compression", "protocols", "findings.silenced",
			"hosts.legacy.authority", "replay.budget-ratio", "replay.retry-statuses", "enabled", "oauth2.client" })
	void urlInTheWrongPlace(String name) {
		refuses("conn-pool." + name, "http://user:SECRET@h:1/x");
		refuses("conn-pool." + name, "user:SECRET@h");
	}

	@ParameterizedTest
	@ValueSource(strings = { "s3cr3t", "hunter2", "SECRET", "Correct-Horse_7", "correct.horse.battery",
			"8f14e45fceea167a", "p4ssw0rd", "5ecret", "hunter2:8080", "hunter2/8", "30s,hunter2", "hunter2, 30s",
			"https://hooks.example.com/services/T0/hunter2", "eyJhbGciOi.eyJzdWIi.SflKx", "a b c", "sk-live_4eC39" })
	void wordInPlaceOfANumber(String secret) {
		for (String property : new String[] { "proxy.port", "proxy.mode", "timeouts.connect", "tcp.keep-alive-idle",
				"pool.max-connections-per-host", "pool.idle-timeout", "pool.max-lifetime-jitter", "pool.keep-alive",
				"max-response-header-size", "compression", "transport", "enabled", "protocols", "protocols[0]",
				"findings.silenced", "findings.silenced[0]", "replay.budget-ratio", "replay.retry-statuses",
				"replay.retry-statuses[0]", "http2.initial-window-size", "hosts.legacy.pool.max-connections-per-host",
				"clients.orders.drain.max-wait", "clients.orders.pool.idle-timeout",
				"clients.orders.hosts.legacy.http2.max-concurrent-streams", "clients", "pool", "hosts.legacy",
				"leak-detection-threshold", "dns.refresh-interval", "logging.exchange", "oauth2", "oauth2.client" }) {
			refuses("conn-pool." + property, secret, secret);
		}
		for (String property : new String[] { "clients.connect-timeout", "clients.read-timeout", "clients.redirects",
				"clients.cookie-handling", "serviceclient.orders.connect-timeout", "serviceclient.orders.redirects",
				"serviceclient.orders", "serviceclient.orders.ssl" }) {
			refuses("spring.http." + property, secret, secret);
		}
	}

	@Test
	void lengthIsToldInPlaceOfAWord() {
		refuses("conn-pool.timeouts.connect", "hunter2");
		assertThat(this.message).isEqualTo(
				"Property 'conn-pool.timeouts.connect' has a value of length 7 that is not shown, as it may hold credentials,"
						+ " but must be a duration, as in '500ms' or '30s'.");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			timeouts.connect                | 5x
			timeouts.connect                | 30 secs
			timeouts.connect                | 1h30m
			timeouts.connect                | ${CONNECT_TIMEOUT}
			timeouts.connect                | none
			timeouts.connect                | 1.5s
			timeouts.connect                | -5 s
			pool.max-connections-per-host   | 10k
			pool.max-connections-per-host   | 99999999999
			pool.max-connections-per-host   | unlimitd
			pool.max-connections-per-host   | 1_000
			pool.max-lifetime-jitter        | 10%
			pool.keep-alive                 | ture
			max-response-header-size        | 64KiB
			transport                       | diretc
			protocols                       | h3
			protocols                       | HTTP_2
			findings.silenced               | pool-saturatd
			replay.retry-statuses           | 429, 5xx
			""")
	void smallTypingErrorIsShown(String property, String value) {
		refuses("conn-pool." + property, value);
		assertThat(this.message).contains("is '%s' but must".formatted(value));
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy.passwort:SECRET", "timeouts.connect:SECRET", "proxy.password:SEC.RET",
			"hosts.https://user:SECRET@h.authority", "hosts[https://user:SECRET@h].authority",
			"hosts[https://user:SECRET@h].pool.keep-alive", "clients.orders.hosts[user:SECRET@h].authority",
			"hosts.https://user:SECRET@h", "proxy.s3cr3t", "s3cr3t", "clients.orders.token.s3cr3t",
			"clients[http://user:SECRET@h]", "clients[http://user:SECRET@h].timeouts.connect",
			"clients[user:SECRET@h].timout", "pool.max-connections-per-host=SECRET" })
	void secretInAName(String name) {
		refuses("conn-pool." + name, "x y", "SECRET", "SEC.", ".RET", "s3cr3t");
	}

	@Test
	void passwordInPlaceOfThePlaceholder() {
		refuses("conn-pool.timeouts.connect", "${hunter2}", "hunter2");
		refuses("conn-pool.timeouts.connect", "${hunter2:${s3cr3t}}", "hunter2", "s3cr3t");
		refuses("conn-pool.timeouts.connect", "${conn-pool.timeouts.connect}");
		assertThat(this.message).contains("its placeholder '${conn-pool.timeouts.connect}' cannot be resolved");
	}

	@Test
	void environmentVariable() {
		refusesVariable("CONN_POOL_TIMEOUTS_CONNECT", "hunter2");
		refusesVariable("CONNPOOL_POOL_MAXCONNECTIONSPERHOST", "hunter2");
		refusesVariable("CONNPOOL_CLIENTS_ORDERS_TIMEOUTS_REQUEST", "hunter2");
		refusesVariable("CONNPOOL_PROTOCOLS_0", "hunter2");
		refusesVariable("SPRING_HTTP_CLIENTS_CONNECTTIMEOUT", "hunter2");
	}

	@Test
	void passwordInPlaceOfTheMode() {
		refuses("conn-pool.proxy.mode", "SECRET");
		assertThat(this.message).contains("must be one of 'environment', 'system', 'none', 'explicit'");
	}

	@Test
	void serviceGroupThatIsAValue() {
		refuses("spring.http.serviceclient.orders", "http://user:SECRET@h");
		refuses("spring.http.clients.connect-timeout", "http://user:SECRET@h");
	}

	@Test
	void placeholderThatIsUnknown() {
		refuses("conn-pool.base-url", "http://user:SECRET@${unknown}/");
		refuses("conn-pool.proxy.password", "SECRET${unknown}");
		refuses("conn-pool.proxy.url", "http://user:SECRET@${user:SECRET@h");
	}

	@ParameterizedTest
	@ValueSource(strings = { "https.proxyHost", "http.proxyHost", "socksProxyHost", "https.proxyPort" })
	void systemProperty(String name) {
		String before = System.getProperty("https.proxyHost");
		System.setProperty("https.proxyHost", "proxy");
		System.setProperty(name, "http://user:SECRET@proxy:3128");
		try {
			if (name.startsWith("socks")) {
				System.clearProperty("https.proxyHost");
			}
			refuses("conn-pool.proxy.mode", "system");
		}
		finally {
			System.clearProperty(name);
			System.clearProperty("https.proxyHost");
			if (before != null) {
				System.setProperty("https.proxyHost", before);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://h:99999", "http://h:65536/x", "https://h:0" })
	void portThatIsNone(String url) {
		for (String property : new String[] { "conn-pool.base-url", "conn-pool.clients.orders.base-url",
				"spring.http.serviceclient.orders.base-url" }) {
			refuses(property, url);
			assertThat(this.message)
				.contains("Property '%s' is '%s' but must name a port from 1 to 65535".formatted(property, url));
		}
	}

	@Test
	void whatIsCertainIsShown() {
		refuses("conn-pool.base-url", "http://orders.example.com:8080/v1/?token=SECRET x");
		assertThat(this.message)
			.contains("Property 'conn-pool.base-url' is 'http://orders.example.com:8080/…' but must be a URL");
	}

	private void refusesVariable(String name, String value) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new SystemEnvironmentPropertySource(
					StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, Map.of(name, value)));
		refuses(environment, name + "=" + value, value);
	}

	private void refuses(String property, String value) {
		refuses(property, value, "SECRET", "SEC@", "RET@", "RET x", "passwordsecret");
	}

	private void refuses(String property, String value, String... secrets) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, value)));
		refuses(environment, property + "=" + value, secrets);
	}

	private void refuses(StandardEnvironment environment, String written, String... secrets) {
		Throwable failure = catchThrowable(() -> new ConfiguredClients(environment));
		assertThat(failure).as(written).isInstanceOf(InvalidPropertyException.class);
		FailureAnalysis analysis = new InvalidPropertyFailureAnalyzer(environment).analyze(failure);
		this.message = analysis.getDescription();
		String told = messages(failure) + analysis.getDescription() + analysis.getAction();
		for (String secret : secrets) {
			assertThat(told).as(written).doesNotContainIgnoringCase(secret);
		}
	}

	private static String messages(@Nullable Throwable failure) {
		if (failure == null) {
			return "";
		}
		return "%s\n%s%s".formatted(failure.getMessage(), messages(failure.getCause()),
				Arrays.stream(failure.getSuppressed()).map(StartSecretsTests::messages).collect(Collectors.joining()));
	}

}
