package dev.connpool.autoconfigure;

import java.io.PrintWriter;
import java.io.StringWriter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchException;

/**
 * What users read when an application does not start.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	@Test
	void negativeLimit(CapturedOutput output) {
		failToStart("conn-pool.clients.orders.pool.max-connections-per-host=-1");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains(
					"Property 'conn-pool.clients.orders.pool.max-connections-per-host' is '-1' but must be at least 0;"
							+ " 0 means no limit.")
			.containsPattern("Correct 'conn-pool.clients.orders.pool.max-connections-per-host' in .*commandLineArgs")
			.doesNotContain("\tat ");
	}

	@Test
	void unknownProtocol(CapturedOutput output) {
		failToStart("conn-pool.protocols=spdy");
		assertThat(output)
			.contains("Property 'conn-pool.protocols' is 'spdy' but must be one of 'http/1.1', 'h2', 'h2c'.");
	}

	@Test
	void h2AloneOverCleartext(CapturedOutput output) {
		failToStart("conn-pool.protocols=h2", "conn-pool.base-url=http://orders.example.com");
		assertThat(output).contains("Property 'conn-pool.protocols' is 'h2' but cannot be spoken to"
				+ " 'http://orders.example.com': 'h2' needs https; add 'http/1.1', or use 'h2c'.");
	}

	@Test
	void baseUrlWithoutHost(CapturedOutput output) {
		failToStart("conn-pool.base-url=https:///orders");
		assertThat(output).contains("Property 'conn-pool.base-url' is 'https:///orders' but must name a host, as in"
				+ " 'https://orders.example.com'.");
	}

	@Test
	void hostWithoutAuthority(CapturedOutput output) {
		failToStart("conn-pool.hosts.legacy.pool.keep-alive=false");
		assertThat(output).contains("Property 'conn-pool.hosts.legacy.authority' is not set but must be a host or"
				+ " host:port, as in 'orders.example.com' or 'orders.example.com:8443'.");
	}

	@Test
	void proxyUrlThatIsNone(CapturedOutput output) {
		failToStart("conn-pool.clients.orders.proxy.url=ftp://me:secret@proxy:3128");
		assertThat(output)
			.contains("Property 'conn-pool.clients.orders.proxy.url' is 'ftp://proxy:3128' but must start with"
					+ " 'http://' or 'socks5://'.")
			.doesNotContain("secret");
	}

	@Test
	void hostsWithoutProxyThatAreNone(CapturedOutput output) {
		failToStart("conn-pool.proxy.no-proxy=example.com,10.*");
		assertThat(output).contains("Property 'conn-pool.proxy.no-proxy' is '10.*' but must be a host such as");
	}

	@Test
	void proxyOfASystemPropertyThatIsNone(CapturedOutput output) {
		System.setProperty("https.proxyHost", "proxy");
		System.setProperty("https.proxyPort", "none");
		try {
			failToStart();
		}
		finally {
			System.clearProperty("https.proxyHost");
			System.clearProperty("https.proxyPort");
		}
		assertThat(output).contains("System property 'https.proxyPort' is 'none' but must be a port from 1 to 65535; to"
				+ " reach all hosts directly set 'conn-pool.proxy.mode' to 'none'.");
	}

	@Test
	void unknownBundle(CapturedOutput output) {
		failToStart("conn-pool.clients.orders.ssl.bundle=partners");
		assertThat(output).contains(
				"Property 'conn-pool.clients.orders.ssl.bundle' has a value of length 8 that is not shown, as it may"
						+ " hold credentials, but must be the name of an SSL bundle, and there is none; define"
						+ " 'spring.ssl.bundle.pem.<name>' or 'spring.ssl.bundle.jks.<name>'.");
	}

	@Test
	void reservedName(CapturedOutput output) {
		failToStart("conn-pool.clients.default.compression=false");
		assertThat(output).contains("Property 'conn-pool.clients.default' is 'default' but must have another name");
	}

	@Test
	void clientNamedLikeABean(CapturedOutput output) {
		failToStart("conn-pool.clients.mine.compression=false");
		assertThat(output)
			.contains("Property 'conn-pool.clients.mine' is 'mine' but must have another name: its client"
					+ " becomes a bean of that name, and there already is one, defined in ")
			.contains("StartFailureTests$Application");
	}

	@Test
	void unknownProperty(CapturedOutput output) {
		failToStart("conn-pool.pool.max-conections=5");
		assertThat(output)
			.contains("Property 'conn-pool.pool.max-conections' is set but there is no property of that name.");
	}

	@Test
	void unknownPropertyOfAClient(CapturedOutput output) {
		failToStart("conn-pool.clients.orders.timeout.request=5s", "conn-pool.clients.orders.enabled=true");
		assertThat(output).contains("Property 'conn-pool.clients.orders.enabled' is set but there is no property of"
				+ " that name, nor 'conn-pool.clients.orders.timeout.request'.");
	}

	@Test
	void propertyOfAnotherType(CapturedOutput output) {
		failToStart("conn-pool.pool.max-connections-per-host=unlimitd");
		assertThat(output).contains("APPLICATION FAILED TO START")
			.contains("Property 'conn-pool.pool.max-connections-per-host' is 'unlimitd' but must be a number.");
	}

	@Test
	void secrets(CapturedOutput output) {
		failToStart("conn-pool.base-url=http://user:SECRET/pw@h/x");
		failToStart("conn-pool.proxy=http://user:SECRET@proxy");
		failToStart("conn-pool.proxy.passwort=SECRET");
		failToStart("conn-pool.proxy.password:SECRET");
		failToStart("conn-pool.ssl.bundle=-----BEGIN SECRET KEY-----");
		failToStart("spring.http.serviceclient.orders.base-url=http://user:SECRET/pw@h/x");
		assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain("SECRET", "passwordsecret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "conn-pool.timeouts.connect", "conn-pool.pool.idle-timeout", "conn-pool.protocols",
			"conn-pool.proxy.mode", "conn-pool.ssl.bundle", "conn-pool.hosts.a.pool.keep-alive",
			"conn-pool.clients.orders.pool.max-connections-per-host", "conn-pool.clients.orders", "conn-pool.hunter2",
			"spring.http.clients.connect-timeout", "spring.http.clients.ssl.bundle",
			"spring.http.serviceclient.orders.read-timeout", "spring.http.serviceclient.orders.ssl.bundle",
			"spring.http.clients.redirects" })
	void wordThatMayBeAPassword(String property, CapturedOutput output) {
		failToStart(property + "=hunter2");
		assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain("hunter2");
	}

	private static void failToStart(String... properties) {
		String[] arguments = new String[properties.length + 1];
		arguments[0] = "--spring.main.banner-mode=off";
		for (int i = 0; i < properties.length; i++) {
			arguments[i + 1] = "--" + properties[i];
		}
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.build();
		Exception failure = catchException(() -> application.run(arguments));
		assertThat(failure).isNotNull();
		StringWriter chain = new StringWriter();
		failure.printStackTrace(new PrintWriter(chain));
		assertThat(chain.toString()).doesNotContain("SECRET", "hunter2");
	}

	@SpringBootConfiguration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		WebClient mine() {
			return WebClient.create();
		}

	}

}
