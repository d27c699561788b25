package dev.connpool.autoconfigure.binding;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

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
			"clients.orders.proxy", "clients.orders.hosts", "ssl", "replay" })
	void valueInPlaceOfAGroup(String name) {
		refuses("conn-pool." + name, "password:SECRET");
		refuses("conn-pool." + name, "http://user:SECRET@h");
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy.mode", "proxy.no-proxy", "timeouts.connect", "pool.max-connections-per-host",
			"pool.idle-timeout", "max-response-header-size", "compression", "protocols", "findings.silenced",
			"hosts.legacy.authority", "replay.budget-ratio", "replay.retry-statuses", "enabled" })
	void urlInTheWrongPlace(String name) {
		refuses("conn-pool." + name, "http://user:SECRET@h:1/x");
		refuses("conn-pool." + name, "user:SECRET@h");
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

	private void refuses(String property, String value) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of(property, value)));
		Throwable failure = catchThrowable(() -> new ConfiguredClients(environment));
		assertThat(failure).as("%s=%s", property, value).isInstanceOf(InvalidPropertyException.class);
		FailureAnalysis analysis = new InvalidPropertyFailureAnalyzer(environment).analyze(failure);
		this.message = analysis.getDescription();
		StringWriter told = new StringWriter();
		failure.printStackTrace(new PrintWriter(told));
		told.write(analysis.getDescription() + analysis.getAction());
		assertThat(told.toString()).as("%s=%s", property, value)
			.doesNotContain("SECRET", "SEC@", "RET@", "RET x", "passwordsecret");
	}

}
