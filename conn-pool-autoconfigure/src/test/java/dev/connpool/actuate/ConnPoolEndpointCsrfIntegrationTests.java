package dev.connpool.actuate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import dev.connpool.actuate.EndpointApplication.Answer;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests for {@link ConnPoolEndpoint} behind Spring Security as Spring Boot
 * sets it up, which keeps the CSRF token in the session.
 */
@ParameterizedClass
@EnumSource(names = { "REACTIVE", "SERVLET" })
class ConnPoolEndpointCsrfIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String DRAIN = "{\"action\":\"drain\"}";

	@RegisterExtension
	final Network network = new Network();

	@Parameter
	WebApplicationType type;

	private EndpointApplication application;

	private TestServer server;

	@BeforeEach
	void listen() {
		this.server = TestServer.h2().start(this.network);
	}

	@AfterEach
	void close() {
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.main.banner-mode=off", "management.server.port=0" })
	void aMutationNeedsTheTokenThatThePageAskedFor(String where) {
		start(where);
		Answer told = this.application.get("", "Authorization", operator(), "X-CSRF-TOKEN", "fetch");
		String cookie = told.header("Set-Cookie").replaceAll(";.*", "");
		assertThat(told.header("X-CSRF-HEADER")).isEqualTo("X-CSRF-TOKEN");
		assertThat(told.header("Cache-Control")).contains("no-store");
		assertThat(drain("Cookie", cookie).status()).isIn(401, 403);
		assertThat(drain("Cookie", cookie, "X-CSRF-TOKEN", "fetch").status()).isIn(401, 403);
		assertThat(this.server).openConnections(1);
		assertThat(drain("Cookie", cookie, "X-CSRF-TOKEN", told.header("X-CSRF-TOKEN")).status()).isEqualTo(200);
		assertThat(this.server).settlesAt(0);
	}

	@Test
	void whoDoesNotAskForATokenGetsNoneAndNoSession() {
		start();
		Answer answer = this.application.get("", "Authorization", operator());
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("X-CSRF-TOKEN")).isEmpty();
		assertThat(answer.header("Set-Cookie")).isEmpty();
	}

	@Test
	void strangersAreToldNoToken() {
		start();
		Answer answer = this.application.get("", "X-CSRF-TOKEN", "fetch");
		assertThat(answer.status()).isEqualTo(401);
		assertThat(answer.header("X-CSRF-TOKEN")).isEmpty();
	}

	@Test
	@EnabledIf("dev.connpool.actuate.Browser#isInstalled")
	void whoSignedInCanDrainFromThePage() throws IOException {
		start();
		try (Browser browser = Browser.start()) {
			browser.open(this.application.url());
			browser.type("#username", "operator");
			browser.type("#password", "secret");
			browser.press("Sign in");
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.text("#status")).contains("Live"));
			browser.click("[aria-label='Drain: client default']");
			browser.click("#confirm-yes");
			assertThat(this.server).settlesAt(0);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(browser.text("#toast")).contains("done"));
			// The login page has no icon of its own
			assertThat(browser.errors()).allMatch((error) -> error.contains("/favicon.ico"));
		}
	}

	private void start(String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.addAll(List.of("management.endpoint.connpool.access=unrestricted", "spring.security.user.name=operator",
				EndpointApplication.Passwords.property("secret")));
		this.application = EndpointApplication.start(this.type, SecuredApplication.class, all);
		this.application.begin(1, this.server.url("/hello")).block(PATIENCE);
	}

	private Answer drain(String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.addAll(List.of("Authorization", operator()));
		return this.application.post("/default", DRAIN, all.toArray(String[]::new));
	}

	private static String operator() {
		return "Basic " + Base64.getEncoder().encodeToString("operator:secret".getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ EndpointApplication.Application.class, EndpointApplication.Passwords.class })
	static class SecuredApplication {

	}

}
