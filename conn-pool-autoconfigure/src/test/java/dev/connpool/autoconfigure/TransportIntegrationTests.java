package dev.connpool.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.connpool.actuate.ApplicationDescriptor;
import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.error.ConnPoolException;
import dev.connpool.finding.Findings;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Transport;
import dev.connpool.testing.Failure;
import dev.connpool.testing.FullBacklog;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import dev.connpool.web.ConnPoolClients;
import io.netty.handler.timeout.ReadTimeoutException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.http.ResponseEntity;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Boot's settings and ours say of a {@code WebClient} holds on either transport
 * (B51).
 */
class TransportIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
	void addressesThatAreFilteredAreNotConnectedTo(Transport transport) {
		TestServer server = TestServer.h1()
			.route("/moved", (request, response) -> response.sendRedirect("/hello"))
			.start(this.network);
		ApplicationContextRunner runner = runner(transport);
		runner.withBean(InetAddressFilter.class, () -> (address) -> !address.isLoopbackAddress())
			.run(on(transport,
					(context) -> clients(context)
						.forEach((client) -> Stream.of(server.url("/hello"), named(server, "/hello"))
							.forEach((url) -> assertThat(Failure.of(text(client, url)).error()).isNotNull()))));
		assertThat(server).acceptedConnections(0);
		runner.withBean(InetAddressFilter.class, () -> (address) -> address.isLoopbackAddress())
			.run(on(transport, (context) -> clients(context)
				.forEach((client) -> assertThat(text(client, named(server, "/moved")).block(PATIENCE)).isNotNull())));
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
	void aRedirectToAFilteredAddressIsNotFollowed(Transport transport) {
		TestServer forbidden = TestServer.h1().start(this.network);
		TestServer server = TestServer.h1()
			.route("/moved", (request, response) -> response.sendRedirect(forbidden.url("/hello")))
			.start(this.network, "127.0.0.2", 0);
		runner(transport)
			.withBean(InetAddressFilter.class, () -> (address) -> !address.getHostAddress().equals("127.0.0.1"))
			.run(on(transport,
					(context) -> clients(context).forEach((client) -> assertThat(
							Failure.of(text(client, "http://127.0.0.2:%d/moved".formatted(server.port()))).error())
						.isNotNull())));
		assertThat(server).acceptedConnections(2);
		assertThat(forbidden).acceptedConnections(0);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
	void redirectsAreFollowedUnlessBootIsToldNotTo(Transport transport) {
		TestServer server = TestServer.h1()
			.route("/moved", (request, response) -> response.sendRedirect("/hello"))
			.start(this.network);
		ApplicationContextRunner runner = runner(transport);
		runner.run(on(transport, (context) -> {
			assertThat(status(context, server.url("/moved"))).containsOnly(200);
			assertThat(status(client(context, HttpClientSettings.defaults().withRedirects(HttpRedirects.DONT_FOLLOW)),
					server.url("/moved")))
				.isEqualTo(302);
		}));
		runner.withPropertyValues("spring.http.clients.redirects=dont-follow")
			.run(on(transport, (context) -> assertThat(status(context, server.url("/moved"))).containsOnly(302)));
	}

	@ParameterizedTest
	@CsvSource({ "DIRECT, H1", "DIRECT, H2", "REACTOR_NETTY, H1", "REACTOR_NETTY, H2" })
	void theReadTimeoutOfBootIsTheLongestSilenceOfAResponse(Transport transport, Wire wire) {
		TestServer server = wire.server()
			.stream("/stalls", "text/plain", Flux.concat(Mono.just("begun"), Mono.never()))
			.start(this.network);
		HttpClientSettings settings = HttpClientSettings.defaults().withReadTimeout(Duration.ofMillis(500));
		ApplicationContextRunner runner = runner(transport).withPropertyValues(trusting());
		runner.withPropertyValues("spring.http.clients.read-timeout=500ms")
			.run(on(transport, (context) -> clients(context)
				.forEach((client) -> assertSilent(Failure.of(text(client, server.url("/stalls")))))));
		runner.run(on(transport,
				(context) -> assertSilent(Failure.of(text(client(context, settings), server.url("/stalls"))))));
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "AUTO")
	void theConnectTimeoutOfBootHolds(Transport transport) {
		try (FullBacklog blackHole = new FullBacklog()) {
			String url = "http://127.0.0.1:%d/".formatted(blackHole.port());
			HttpClientSettings settings = HttpClientSettings.defaults().withConnectTimeout(Duration.ofMillis(300));
			ApplicationContextRunner runner = runner(transport);
			runner.withPropertyValues("spring.http.clients.connect-timeout=300ms")
				.run(on(transport,
						(context) -> clients(context)
							.forEach((client) -> assertThat(Failure.of(text(client, url)).error()).rootCause()
								.hasMessageContaining("300 ms"))));
			runner.run(on(transport, (context) -> assertThat(Failure.of(text(client(context, settings), url)))
				.satisfies((failure) -> assertThat(failure.error()).rootCause().hasMessageContaining("300 ms"))));
		}
	}

	@ParameterizedTest
	@CsvSource({ "DIRECT, H1_TLS", "DIRECT, H2", "REACTOR_NETTY, H1_TLS", "REACTOR_NETTY, H2" })
	void theBundleOfBootIsTrusted(Transport transport, Wire wire) {
		TestServer server = wire.server().start(this.network);
		ApplicationContextRunner runner = runner(transport).withPropertyValues(bundle());
		runner.withPropertyValues("spring.http.clients.ssl.bundle=backend")
			.run(on(transport, (context) -> assertThat(status(context, server.url("/hello"))).containsOnly(200)));
		runner.run(on(transport, (context) -> {
			clients(context).forEach((client) -> assertThat(Failure.of(text(client, server.url("/hello"))).error())
				.hasCauseInstanceOf(ConnPoolException.class));
			HttpClientSettings settings = HttpClientSettings
				.ofSslBundle(context.getBean(SslBundles.class).getBundle("backend"));
			assertThat(status(client(context, settings), server.url("/hello"))).isEqualTo(200);
		}));
	}

	@ParameterizedTest
	@CsvSource({ "DIRECT, H1", "DIRECT, H2", "REACTOR_NETTY, H1", "REACTOR_NETTY, H2" })
	void requestsSayWhoSendsThem(Transport transport, Wire wire) {
		List<String> userAgents = new CopyOnWriteArrayList<>();
		TestServer server = wire.server().route("/", (request, response) -> {
			userAgents.add(String.valueOf(request.requestHeaders().getAll("User-Agent")));
			return response.send();
		}).start(this.network);
		runner(transport).withPropertyValues(trusting())
			.withPropertyValues("conn-pool.clients.orders.user-agent=orders/1.0", "conn-pool.clients.stock.user-agent=",
					"conn-pool.clients.stock.transport=" + transport)
			.run(on(transport, (context) -> {
				for (String name : List.of("webClient", "orders", "stock")) {
					WebClient client = context.getBean(name, WebClient.class);
					client.get().uri(server.url("/")).retrieve().toBodilessEntity().block(PATIENCE);
					client.get()
						.uri(server.url("/"))
						.header("User-Agent", "mine")
						.retrieve()
						.toBodilessEntity()
						.block(PATIENCE);
				}
				context.getBean(ConnPoolClients.class)
					.get("stock")
					.httpClient()
					.get()
					.uri(server.url("/"))
					.response()
					.block(PATIENCE);
			}));
		assertThat(userAgents).containsExactly("[" + ClientSettings.DEFAULTS.userAgent() + "]", "[mine]",
				"[orders/1.0]", "[mine]", "[]", "[mine]", "[]");
	}

	private static void assertSilent(Failure failure) {
		assertThat(failure.error()).rootCause().isInstanceOf(ReadTimeoutException.class);
	}

	private static String named(TestServer server, String path) {
		return "http://localhost:%d%s".formatted(server.port(), path);
	}

	/** Boot's own client, the default client, and a named one. */
	private static Stream<WebClient> clients(ApplicationContext context) {
		return Stream.of(context.getBean(WebClient.Builder.class).build(),
				context.getBean("webClient", WebClient.class), context.getBean("orders", WebClient.class));
	}

	/** A client that somebody has built with settings of their own. */
	private static WebClient client(ApplicationContext context, HttpClientSettings settings) {
		return WebClient.builder()
			.clientConnector(context.getBean(ClientHttpConnectorBuilder.class).build(settings))
			.build();
	}

	private static Mono<String> text(WebClient client, String url) {
		return client.get().uri(url).retrieve().bodyToMono(String.class);
	}

	private static List<Integer> status(ApplicationContext context, String url) {
		return clients(context).map((client) -> status(client, url)).toList();
	}

	private static int status(WebClient client, String url) {
		ResponseEntity<Void> response = client.get().uri(url).retrieve().toBodilessEntity().block(PATIENCE);
		assertThat(response).isNotNull();
		return response.getStatusCode().value();
	}

	private static ApplicationContextRunner runner(Transport transport) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
					ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
					SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0", "conn-pool.transport=" + transport,
					"conn-pool.clients.orders.compression=true");
	}

	private static String bundle() {
		return "spring.ssl.bundle.pem.backend.truststore.certificate=" + TestCertificate.LOOPBACK.pem();
	}

	private static String[] trusting() {
		return new String[] { bundle(), "conn-pool.ssl.bundle=backend" };
	}

	/** So that nothing runs on the wrong one unnoticed. */
	private static <C extends ApplicationContext> ContextConsumer<C> on(Transport transport,
			ContextConsumer<ApplicationContext> test) {
		return (context) -> {
			ConnPoolEndpoint endpoint = new ConnPoolEndpoint(
					new ApplicationDescriptor(null, "test", null, "2026-01-01T00:00:00Z"),
					context.getBean(ConnPoolClients.class), context.getBean(Findings.class), List.of(), Show.ALWAYS);
			assertThat(endpoint.clients().clients().values()).isNotEmpty()
				.allSatisfy((client) -> assertThat(client.transport()).isEqualTo(transport.id()));
			test.accept(context);
		};
	}

}
