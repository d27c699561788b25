package dev.connpool.actuate;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;

import dev.connpool.actuate.EndpointApplication.Answer;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.web.SecurityFilterChain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests for {@link ConnPoolEndpoint} behind Spring Security.
 */
class ConnPoolEndpointSecurityIntegrationTests {

	private static final String DRAIN = "{\"action\":\"drain\"}";

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final EndpointApplication application = EndpointApplication.start(WebApplicationType.SERVLET,
			SecuredApplication.class,
			List.of("management.endpoint.connpool.access=unrestricted",
					"management.endpoint.connpool.show-values=when-authorized",
					"management.endpoint.connpool.roles=OPS", "spring.security.user.name=operator",
					EndpointApplication.Passwords.property("secret"), "spring.security.user.roles=OPS"));

	@AfterEach
	void close() {
		this.gate.open();
		this.application.close();
	}

	@Test
	void strangersSeeNothing() {
		assertThat(this.application.get("").status()).isEqualTo(401);
		assertThat(this.application.get("", "Accept", "text/html").status()).isEqualTo(401);
	}

	@Test
	void aMutationNeedsTheTokenThatThePageReceived() {
		TestServer server = TestServer.h2().start(this.network);
		this.application.begin(1, server.url("/hello")).block(Duration.ofSeconds(20));
		Answer page = this.application.get("", "Authorization", operator(), "Accept", "text/html");
		String cookie = page.header("Set-Cookie").replaceAll(";.*", "");
		assertThat(cookie).startsWith("XSRF-TOKEN=");
		assertThat(this.application.post("/default", DRAIN, "Authorization", operator()).status()).isIn(401, 403);
		assertThat(server).openConnections(1);
		Answer drained = this.application.post("/default", DRAIN, "Authorization", operator(), "Cookie", cookie,
				"X-XSRF-TOKEN", cookie.substring("XSRF-TOKEN=".length()));
		assertThat(drained.status()).isEqualTo(200);
		assertThat(server).settlesAt(0);
	}

	@Test
	void valuesAreShownToWhoHasTheRole() {
		TestServer server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.host() + "/users/{id}", 7);
		await().until(() -> server.requests("/users/7") == 1);
		String uri = this.application.get("/default", "Authorization", operator())
			.json()
			.get("hosts")
			.get(server.host())
			.at("/connectionList/0/streams/0/uri")
			.asString();
		assertThat(uri).isEqualTo("/users/7");
		this.gate.open();
		assertThat(calls.block(Duration.ofSeconds(20))).containsOnly("held");
	}

	private static String operator() {
		return "Basic " + Base64.getEncoder().encodeToString("operator:secret".getBytes(StandardCharsets.UTF_8));
	}

	@Configuration(proxyBeanMethods = false)
	@Import({ EndpointApplication.Application.class, EndpointApplication.Passwords.class })
	static class SecuredApplication {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.httpBasic(Customizer.withDefaults())
				.csrf(CsrfConfigurer::spa)
				.build();
		}

	}

}
