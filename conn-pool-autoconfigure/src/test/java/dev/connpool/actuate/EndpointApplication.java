package dev.connpool.actuate;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.testing.TestCertificate;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.tomcat.autoconfigure.actuate.web.server.TomcatReactiveManagementContextAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A real application with the endpoint, on a free port.
 */
final class EndpointApplication implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final JsonMapper mapper = new JsonMapper();

	static final String WITHOUT_SECURITY = """
			spring.autoconfigure.exclude=\
			org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.ReactiveUserDetailsServiceAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.web.reactive.ReactiveWebSecurityAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration,\
			org.springframework.boot.security.autoconfigure.actuate.web.reactive.ReactiveManagementWebSecurityAutoConfiguration""";

	private final ConfigurableApplicationContext context;

	private EndpointApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Start an application without Spring Security. Its default client trusts every test
	 * server.
	 */
	static EndpointApplication start(WebApplicationType type, String... properties) {
		List<String> all = new ArrayList<>(List.of(properties));
		all.add(WITHOUT_SECURITY);
		return start(type, Application.class, all);
	}

	static EndpointApplication start(WebApplicationType type, Class<?> application, List<String> properties) {
		List<String> all = new ArrayList<>(List.of("server.port=0", "conn-pool.ssl.bundle=test",
				"management.endpoints.web.exposure.include=connpool", "spring.main.banner-mode=off",
				"spring.lifecycle.timeout-per-shutdown-phase=1s", "spring.reactor.netty.shutdown-quiet-period=0"));
		all.addAll(properties);
		return new EndpointApplication(
				new SpringApplicationBuilder(application).web(type).properties(all.toArray(String[]::new)).run());
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	ConnPoolClient client() {
		return this.context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT);
	}

	int port() {
		return this.context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
	}

	String url() {
		return url("/actuator/connpool");
	}

	private String url(String path) {
		return "http://127.0.0.1:%d%s".formatted(port(), path);
	}

	/** Ask whatever is at a path of the server that has the endpoint. */
	Answer visit(String path, String... headers) {
		return exchange("GET", url(path), BodyPublishers.noBody(), headers);
	}

	/** Ask the endpoint, at a path relative to its URL. */
	Answer get(String path, String... headers) {
		return send("GET", path, BodyPublishers.noBody(), headers);
	}

	Answer delete(String path, String... headers) {
		return send("DELETE", path, BodyPublishers.noBody(), headers);
	}

	Answer post(String path, String json, String... headers) {
		List<String> all = new ArrayList<>(List.of(headers));
		all.addAll(List.of("Content-Type", "application/json"));
		return send("POST", path, BodyPublishers.ofString(json), all.toArray(String[]::new));
	}

	private Answer send(String method, String path, HttpRequest.BodyPublisher body, String... headers) {
		return exchange(method, url() + path, body, headers);
	}

	private static Answer exchange(String method, String url, HttpRequest.BodyPublisher body, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE);
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return new Answer(http().send(request.method(method, body).build(), BodyHandlers.ofString()));
		}
		catch (IOException | InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	// One for each request, so that none comes on the connection of another: a server of
	// Reactor Netty that denies a request before its body is there may read no more.
	private static HttpClient http() {
		return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).proxy(HttpClient.Builder.NO_PROXY).build();
	}

	/** Get a URL by its template many times at once, now. */
	Mono<List<String>> begin(int times, String template, Object... variables) {
		WebClient client = client().webClient();
		Mono<List<String>> bodies = Flux.range(0, times)
			.flatMap((number) -> client.get().uri(template, variables).retrieve().bodyToMono(String.class), times)
			.collectList()
			.cache();
		bodies.onErrorComplete().subscribe();
		return bodies;
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * An answer of the endpoint.
	 *
	 * @param response the response
	 */
	record Answer(HttpResponse<String> response) {

		int status() {
			return this.response.statusCode();
		}

		String header(String name) {
			return this.response.headers().firstValue(name).orElse("");
		}

		String text() {
			return this.response.body();
		}

		JsonNode json() {
			return mapper.readTree(text());
		}

	}

	/**
	 * Has passwords checked at the least cost that there is: by default each request that
	 * brings one takes a thousand rounds, which is most of its time.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Passwords {

		private static final BCryptPasswordEncoder encoder = new BCryptPasswordEncoder(4);

		/** The property with the password of the user. */
		static String property(String password) {
			return "spring.security.user.password=" + encoder.encode(password);
		}

		@Bean
		PasswordEncoder passwordEncoder() {
			return encoder;
		}

	}

	// Both servers are on the class path, and each would serve the management port
	@EnableAutoConfiguration(exclude = TomcatReactiveManagementContextAutoConfiguration.class)
	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		SslBundleRegistrar testBundle() {
			return (registry) -> registry.registerBundle("test",
					SslBundle.of(SslStoreBundle.of(null, null, TestCertificate.LOOPBACK.trustStore())));
		}

	}

}
