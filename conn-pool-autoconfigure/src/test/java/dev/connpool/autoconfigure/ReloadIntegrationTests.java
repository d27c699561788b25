package dev.connpool.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.net.ssl.SSLHandshakeException;

import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Load;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
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
 * What Spring made of a client follows its settings and its SSL bundle (B31).
 */
class ReloadIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CALLERS = 8;

	private static final int LIMIT = 2;

	@RegisterExtension
	final Network network = new Network();

	private final Map<String, Object> changes = new LinkedHashMap<>();

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void everyDoorFollowsTheSettingsUnderLoad(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(CALLERS).start(this.network);
		runner(server).run((context) -> {
			List<Load> loads = doors(context, server).map((door) -> Load.of(door, CALLERS)).toList();
			runs(loads);
			ConnPoolClients clients = context.getBean(ConnPoolClients.class);
			assertThat(hosts(clients, server)).allSatisfy((host) -> assertThat(host.generation()).isOne());
			this.changes.put("conn-pool.pool.max-connections-per-host", LIMIT);
			assertThat(clients.reload()).containsExactly("default", "orders");
			runs(loads);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(hosts(clients, server)).allSatisfy((host) -> {
				assertThat(host.generation()).isEqualTo(2);
				assertThat(host.connections().draining()).isZero();
				assertThat(host.connections().total()).isBetween(1, LIMIT);
				assertThat(host.counters().closedByReason()).containsOnlyKeys("superseded");
			}));
			assertThat(server).settlesAt(open(clients, server));
			assertThat(loads.stream().map(Load::stop)).allSatisfy((failures) -> assertThat(failures).isEmpty());
			assertThat(server.protocols()).containsExactly(wire.protocol());
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "H1_TLS", "H2" })
	void everyDoorFollowsItsSslBundleUnderLoad(Wire wire) {
		TestServer server = wire.server().maxConcurrentStreams(CALLERS).start(this.network);
		runner(server).run((context) -> {
			List<Load> loads = doors(context, server).map((door) -> Load.of(door, CALLERS)).toList();
			runs(loads);
			trust(context, TestCertificate.LOOPBACK);
			runs(loads);
			ConnPoolClients clients = context.getBean(ConnPoolClients.class);
			await().atMost(PATIENCE).untilAsserted(() -> assertThat(hosts(clients, server)).allSatisfy((host) -> {
				assertThat(host.generation()).isEqualTo(2);
				assertThat(host.connections().draining()).isZero();
				assertThat(host.counters().closedByReason()).containsOnlyKeys("superseded");
			}));
			assertThat(loads.stream().map(Load::stop)).allSatisfy((failures) -> assertThat(failures).isEmpty());
			trust(context, TestCertificate.ELSEWHERE);
			assertThat(doors(context, server))
				.allSatisfy((door) -> assertThat(catchThrowable(() -> door.block(PATIENCE)))
					.hasStackTraceContaining(SSLHandshakeException.class.getName()));
			assertThat(server).settlesAt(0);
		});
	}

	private ApplicationContextRunner runner(TestServer server) {
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
					"conn-pool.base-url=" + server.host(), "conn-pool.clients.orders.base-url=" + server.host());
	}

	/** A call by each of what Spring makes of clients; two are on either client. */
	private static Stream<Mono<String>> doors(ApplicationContext context, TestServer server) {
		WebClient webClient = context.getBean(WebClient.class);
		RestClient restClient = context.getBean(RestClient.Builder.class).build();
		Mono<String> blocking = Mono
			.fromCallable(() -> restClient.get().uri(server.url("/hello?rest")).retrieve().body(String.class))
			.subscribeOn(Schedulers.boundedElastic());
		Mono<String> blockingService = Mono.fromCallable(context.getBean(BlockingHello.class)::hello)
			.subscribeOn(Schedulers.boundedElastic());
		return Stream.of(webClient.get().uri("/hello?web").retrieve().bodyToMono(String.class), blocking,
				Mono.defer(context.getBean(Hello.class)::hello), blockingService);
	}

	private static void runs(List<Load> loads) {
		loads.forEach((load) -> {
			int before = load.calls();
			await().atMost(PATIENCE).until(() -> load.calls() > before + 10 * CALLERS);
		});
	}

	private static List<HostSnapshot> hosts(ConnPoolClients clients, TestServer server) {
		return clients.stream().map((client) -> client.snapshot().hosts().get(server.host())).toList();
	}

	private static int open(ConnPoolClients clients, TestServer server) {
		return hosts(clients, server).stream().mapToInt((host) -> host.connections().total()).sum();
	}

	private static void trust(ApplicationContext context, TestCertificate certificate) {
		SslStoreBundle trusted = SslStoreBundle.of(null, null, certificate.trustStore());
		context.getBean(SslBundleRegistry.class).updateBundle("backend", SslBundle.of(trusted));
	}

	interface Hello {

		@GetExchange("/hello?service")
		Mono<String> hello();

	}

	interface BlockingHello {

		@GetExchange("/hello?blocking")
		String hello();

	}

	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Hello.class, clientType = ClientType.WEB_CLIENT)
	@ImportHttpServices(group = "others", types = BlockingHello.class, clientType = ClientType.REST_CLIENT)
	static class Services {

	}

}
