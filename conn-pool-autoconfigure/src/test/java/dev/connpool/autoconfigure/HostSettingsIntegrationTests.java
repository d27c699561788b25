package dev.connpool.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.FullBacklog;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.Origin;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * Deadlines and replay of single hosts (B75), whoever calls them.
 */
class HostSettingsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration SLOW = Duration.ofMillis(1500);

	private static final String SHORT = "conn-pool.timeouts.response-header=500ms";

	private static final String OWN = "conn-pool.hosts.model.timeouts.response-header=15s";

	@RegisterExtension
	final Network network = new Network();

	private final Map<String, Object> changes = new LinkedHashMap<>();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource
	void aSlowHostIsWaitedForAndTheOthersAreNot(Wire wire) {
		TestServer model = slow(wire);
		TestServer other = slow(wire);
		ApplicationContextRunner runner = runner(wire, model).withPropertyValues(SHORT, OWN);
		runner.withPropertyValues(baseUrls(model)).run((context) -> assertAnswered(context, model));
		runner.withPropertyValues(baseUrls(other))
			.run((context) -> assertThat(failures(context, other)).hasSize(6)
				.allSatisfy((error) -> assertThat(error).isInstanceOf(ResponseHeaderTimeoutException.class)
					.hasMessageContaining("within 500 ms")
					.hasMessageContaining("timeouts.response-header'")
					.hasMessageNotContaining(".hosts.")));
		assertThat(model.protocols()).containsExactly(wire.protocol());
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aFastHostIsCutByItsOwnDeadlineWhichIsNamed(Wire wire) {
		TestServer model = slow(wire);
		runner(wire, model)
			.withPropertyValues("conn-pool.hosts.model.timeouts.response-header=500ms",
					"conn-pool.clients.orders.timeouts.response-header=12s")
			.withPropertyValues(baseUrls(model))
			.run((context) -> assertThat(failures(context, model)).hasSize(6)
				.allSatisfy((error) -> assertThat(error).isInstanceOf(ResponseHeaderTimeoutException.class)
					.hasMessageContaining("within 500 ms")
					.hasMessageContaining("Raise 'conn-pool.hosts.model.timeouts.response-header'")));
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void bootsReadTimeoutDoesNotCutTheSlowHost(Wire wire) {
		TestServer model = slow(wire);
		TestServer other = slow(wire);
		ApplicationContextRunner runner = runner(wire, model)
			.withPropertyValues("spring.http.clients.read-timeout=500ms", OWN);
		runner.withPropertyValues(baseUrls(model)).run((context) -> assertAnswered(context, model));
		runner.withPropertyValues("conn-pool.hosts.model.timeouts.response-header=0")
			.withPropertyValues(baseUrls(model))
			.run((context) -> assertAnswered(context, model));
		runner.withPropertyValues(baseUrls(other)).run((context) -> assertCut(context, other));
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aLongCallToTheSlowHostIsCutByTheRequestDeadlineOfTheHost(Wire wire) {
		TestServer model = slow(wire);
		ApplicationContextRunner runner = runner(wire, model).withPropertyValues(baseUrls(model))
			.withPropertyValues("conn-pool.timeouts.request=500ms");
		runner.withPropertyValues("conn-pool.hosts.model.timeouts.request=15s")
			.run((context) -> assertAnswered(context, model));
		runner.run((context) -> assertThat(failures(context, model))
			.allSatisfy((error) -> assertThat(error).hasMessageContaining(".timeouts.request'")
				.hasMessageNotContaining(".hosts.")));
	}

	@Test
	void aRedirectToTheSlowHostIsFollowedForAsLongAsThatMayTake() {
		TestServer model = slow(Wire.H1);
		TestServer other = TestServer.h1()
			.route("/moved", (request, response) -> response.sendRedirect(model.url("/slow")))
			.start(this.network);
		runner(Wire.H1, model)
			.withPropertyValues("conn-pool.timeouts.request=500ms", "conn-pool.hosts.model.timeouts.request=15s")
			.run((context) -> assertThat(httpClient(context).followRedirect(true)
				.get()
				.uri(other.url("/moved"))
				.responseSingle((response, content) -> content.asString())
				.block(PATIENCE)).isEqualTo("slow"));
	}

	@Test
	void theErrorOfEachDeadlineNamesThePropertyOfTheHost() {
		TestServer server = TestServer.h1()
			.hold("/held", this.gate)
			.stream("/events", "text/event-stream", Flux.just("data:1\n\n").concatWith(Flux.never()))
			.start(this.network);
		assertNamed(server, "/held", "timeouts.response-header", "timeouts.response-header=300ms");
		assertNamed(server, "/held", "timeouts.request", "timeouts.request=300ms");
		assertNamed(server, "/events", "timeouts.stream-idle", "timeouts.stream-idle=300ms");
		RawServer mute = RawServer.silent(this.network, "https");
		assertNamed(mute, "/", "timeouts.tls-handshake", "timeouts.tls-handshake=300ms");
	}

	@Test
	void theErrorOfTheConnectDeadlineNamesThePropertyOfTheHost() throws Exception {
		try (FullBacklog full = new FullBacklog()) {
			assertNamed(full.url("/"), full.url("").substring("http://".length()), "timeouts.connect",
					"timeouts.connect=300ms");
		}
	}

	@Test
	void anHttp2ServerThatDoesNotBeginIsCutByTheDeadlineOfTheHost() {
		RawServer mute = RawServer.silent(this.network, "http");
		this.changes.put("conn-pool.protocols", "h2c");
		assertNamed(mute, "/", "timeouts.tls-handshake", "timeouts.tls-handshake=300ms");
	}

	@Test
	void whoeverWaitsIsToldOfTheLimitsOfTheHost() {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		runner(Wire.H1, server)
			.withPropertyValues("conn-pool.hosts.model.timeouts.acquire=300ms",
					"conn-pool.hosts.model.pool.max-connections-per-host=1",
					"conn-pool.hosts.model.pool.max-pending-acquires=1")
			.run((context) -> {
				HttpClient client = httpClient(context);
				Mono<List<String>> calls = Flux
					.merge(get(client, server.url("/held")).onErrorResume((ex) -> Mono.empty()))
					.collectList();
				calls.subscribe();
				await().until(() -> server.requests("/held") == 1);
				Mono<String> waiting = get(client, server.url("/hello")).cache();
				waiting.onErrorComplete().subscribe();
				await().until(() -> clients(context).get("default")
					.snapshot()
					.hosts()
					.get(server.host())
					.pendingAcquires() == 1);
				assertThat(Failure.of(get(client, server.url("/hello"))).message())
					.contains("'conn-pool.hosts.model.pool.max-pending-acquires' to let more callers wait");
				assertThat(Failure.of(waiting).message())
					.contains("Raise 'conn-pool.hosts.model.pool.max-connections-per-host'")
					.contains("'conn-pool.hosts.model.timeouts.acquire' to wait longer");
				this.gate.open();
			});
	}

	@ParameterizedTest
	@CsvSource({ "default, conn-pool.hosts.model.timeouts.response-header",
			"orders, conn-pool.clients.orders.hosts.mine.timeouts.response-header",
			"stock, conn-pool.hosts.model.timeouts.response-header" })
	void aNamedClientInheritsSinglePropertiesOfTheHost(String client, String property) {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		runner(Wire.H1, server)
			.withPropertyValues("conn-pool.hosts.model.timeouts.response-header=600ms",
					"conn-pool.hosts.model.timeouts.request=8s", "conn-pool.clients.stock.timeouts.response-header=9s",
					"conn-pool.clients.orders.hosts.mine.authority=127.0.0.1:" + server.port(),
					"conn-pool.clients.orders.hosts.mine.timeouts.response-header=300ms",
					"conn-pool.clients.stock.hosts.mine.authority=127.0.0.1:" + server.port(),
					"conn-pool.clients.stock.hosts.mine.timeouts.request=7s")
			.run((context) -> assertThat(
					Failure.of(get(clients(context).get(client).httpClient(), server.url("/held"))).message())
				.contains("Raise '%s'".formatted(property)));
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aReloadChangesTheDeadlineOfTheHost(Wire wire) {
		TestServer model = slow(wire);
		runner(wire, model).withPropertyValues(SHORT).withPropertyValues(baseUrls(model)).run((context) -> {
			assertCut(context, model);
			this.changes.put("conn-pool.hosts.model.timeouts.response-header", "15s");
			assertThat(clients(context).reload()).containsExactly("default", "orders");
			assertAnswered(context, model);
			this.changes.put("conn-pool.hosts.model.timeouts.response-header", "-1s");
			assertThat(catchThrowable(clients(context)::reload))
				.hasMessageContaining("Property 'conn-pool.hosts.model.timeouts.response-header' is 'PT-1S'");
			assertAnswered(context, model);
			this.changes.put("conn-pool.hosts.model.timeouts.response-header", "500ms");
			clients(context).reload();
			assertCut(context, model);
		});
	}

	@Test
	void oneHostIsAskedAgainAfterAStatusAndTheOthersAreNot() {
		TestServer model = unavailableOnce();
		TestServer other = unavailableOnce();
		runner(Wire.H1, model).withPropertyValues("conn-pool.hosts.model.replay.retry-statuses=503").run((context) -> {
			assertThat(get(httpClient(context), model.url("/once")).block(PATIENCE)).isEqualTo("there");
			assertThat(get(httpClient(context), other.url("/once")).block(PATIENCE)).isEqualTo("later");
		});
		assertThat(model.requests("/once")).isEqualTo(2);
		assertThat(other.requests("/once")).isOne();
	}

	@Test
	void replayIsTurnedOffForOneHost() {
		RawServer model = stale();
		RawServer other = stale();
		runner(Wire.H1, model).withPropertyValues("conn-pool.hosts.model.replay.enabled=false").run((context) -> {
			assertThat(again(context, model).message())
				.contains("It was not sent again because 'conn-pool.hosts.model.replay.enabled' is false");
			assertThat(again(context, other).error()).isNull();
		});
	}

	@Test
	void aHostMayHaveABudgetOfItsOwn() {
		RawServer model = stale();
		RawServer other = stale();
		runner(Wire.H1, model)
			.withPropertyValues("conn-pool.hosts.model.replay.budget-ratio=0",
					"conn-pool.hosts.model.replay.min-per-second=0", "conn-pool.replay.min-per-second=7")
			.run((context) -> {
				assertThat(again(context, model).message())
					.contains("'conn-pool.hosts.model.replay.budget-ratio' allows 0.0 of the requests")
					.contains("'conn-pool.hosts.model.replay.min-per-second' 0 each second");
				assertThat(again(context, other).error()).isNull();
			});
	}

	private void assertNamed(ObservedServer server, String path, String setting, String property) {
		assertNamed(server.url(path), "127.0.0.1:" + server.port(), setting, property);
	}

	private void assertNamed(String url, String authority, String setting, String property) {
		runner(Wire.H1, authority).withPropertyValues("conn-pool.hosts.model." + property)
			.run((context) -> assertThat(Failure.of(get(httpClient(context), url)).message()).contains("300 ms")
				.contains("aise 'conn-pool.hosts.model.%s'".formatted(setting)));
	}

	/** A call on a connection that the server closes when it comes. */
	private static Failure again(ApplicationContext context, ObservedServer server) {
		get(httpClient(context), server.url("/warm")).block(PATIENCE);
		return Failure.of(get(httpClient(context), server.url("/again")));
	}

	private RawServer stale() {
		AtomicInteger connections = new AtomicInteger();
		return RawServer.start(this.network, (connection) -> {
			boolean first = connections.incrementAndGet() == 1;
			String head = connection.readHead();
			while (head != null && !(first && head.startsWith("GET /again"))) {
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
				head = connection.readHead();
			}
			connection.close();
		});
	}

	private TestServer unavailableOnce() {
		AtomicInteger requests = new AtomicInteger();
		return TestServer.h1()
			.route("/once", (request, response) -> (requests.incrementAndGet() == 1)
					? response.status(503).sendString(Mono.just("later")) : response.sendString(Mono.just("there")))
			.start(this.network);
	}

	private TestServer slow(Wire wire) {
		return wire.server().slow("/slow", SLOW).maxConcurrentStreams(100).start(this.network);
	}

	private ApplicationContextRunner runner(Wire wire, Origin model) {
		return runner(wire, "127.0.0.1:" + model.port());
	}

	private ApplicationContextRunner runner(Wire wire, String authority) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, ConnPoolAutoConfiguration.class,
					ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
					ConnPoolRequestFactoryAutoConfiguration.class, ConnPoolHttpServiceAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
					ImperativeHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
					RestClientAutoConfiguration.class, HttpServiceClientPropertiesAutoConfiguration.class,
					ReactiveHttpServiceClientAutoConfiguration.class, HttpServiceClientAutoConfiguration.class))
			.withUserConfiguration(Services.class)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.addFirst(new MapPropertySource("changes", this.changes)))
			.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0", "conn-pool.ssl.bundle=backend",
					"spring.ssl.bundle.pem.backend.truststore.certificate=" + TestCertificate.LOOPBACK.pem(),
					"conn-pool.protocols=" + ((wire == Wire.H2C) ? "h2c" : "h2,http/1.1"),
					"conn-pool.hosts.model.authority=" + authority);
	}

	private static String[] baseUrls(Origin server) {
		return new String[] { "conn-pool.base-url=" + server.host(),
				"conn-pool.clients.orders.base-url=" + server.host() };
	}

	private static ConnPoolClients clients(ApplicationContext context) {
		return context.getBean(ConnPoolClients.class);
	}

	private static HttpClient httpClient(ApplicationContext context) {
		return clients(context).get("default").httpClient();
	}

	private static Mono<String> get(HttpClient client, String url) {
		return client.get().uri(url).responseSingle((response, content) -> content.asString());
	}

	private static void assertAnswered(ApplicationContext context, Origin server) {
		assertThat(Flux.merge(doors(context, server).toList()).collectList().block(PATIENCE)).hasSize(6)
			.containsOnly("slow");
	}

	private static List<Throwable> failures(ApplicationContext context, Origin server) {
		return Flux
			.merge(doors(context, server).map((door) -> door.map((body) -> (Throwable) new AssertionError(body))
				.onErrorResume((error) -> Mono.just(cause(error)))).toList())
			.collectList()
			.block(PATIENCE);
	}

	private static void assertCut(ApplicationContext context, Origin server) {
		assertThat(failures(context, server)).hasSize(6)
			.noneSatisfy((error) -> assertThat(error).isInstanceOf(AssertionError.class));
	}

	private static Throwable cause(Throwable error) {
		return Stream.iterate(error, (each) -> each != null, Throwable::getCause)
			.filter(ConnPoolException.class::isInstance)
			.findFirst()
			.orElse(error);
	}

	/** A call by each of what Spring makes of clients, and by what is below. */
	private static Stream<Mono<String>> doors(ApplicationContext context, Origin server) {
		String url = server.url("/slow");
		RestClient restClient = context.getBean(RestClient.Builder.class).build();
		WebClient builder = context.getBean(WebClient.Builder.class).build();
		return Stream.of(context.getBean(WebClient.class).get().uri("/slow").retrieve().bodyToMono(String.class),
				builder.get().uri(url).retrieve().bodyToMono(String.class),
				blocking(() -> restClient.get().uri(url).retrieve().body(String.class)),
				Mono.defer(context.getBean(Slow.class)::call), blocking(context.getBean(BlockingSlow.class)::call),
				get(httpClient(context), url));
	}

	private static Mono<String> blocking(Callable<String> call) {
		return Mono.fromCallable(call).subscribeOn(Schedulers.boundedElastic());
	}

	interface Slow {

		@GetExchange("/slow")
		Mono<String> call();

	}

	interface BlockingSlow {

		@GetExchange("/slow")
		String call();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Slow.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "others", types = BlockingSlow.class, clientType = ClientType.REST_CLIENT)
	static class Services {

	}

}
