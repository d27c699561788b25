package dev.connpool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClientCustomizer;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnPoolAutoConfiguration}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConnPoolAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
						ConnPoolWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
						ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");

	@Test
	void providesOnePrimaryWebClientWhenNothingIsConfigured() {
		this.contextRunner.run((context) -> {
			assertThat(context).getBeans(WebClient.class).containsOnlyKeys("webClient");
			assertThat(context.getBean(ConnPoolClients.class).names()).containsExactly("default");
			assertThat(context.getBean(WebClient.class))
				.isSameAs(context.getBean(ConnPoolClients.class).get("default").webClient());
		});
	}

	@Test
	void aBuilderOfTheApplicationDoesNotReachOurs() {
		this.contextRunner
			.withBean(WebClient.Builder.class,
					() -> WebClient.builder()
						.defaultHeader("x-own", "yes")
						.filter((request, next) -> next.exchange(request)))
			.withBean(WebClientCustomizer.class, () -> (builder) -> builder.defaultHeader("x-all", "yes"))
			.withPropertyValues("conn-pool.clients.orders.compression=false")
			.run((context) -> assertThat(context.getBean(ConnPoolClients.class)).hasSize(2).allSatisfy((client) -> {
				WebClient.Builder built = client.webClient().mutate();
				built.filters((filters) -> assertThat(filters).isEmpty());
				built.defaultHeaders((headers) -> assertThat(headers.headerNames()).containsExactly("x-all"));
			}));
	}

	@Test
	void aServiceAsBaseUrlNeedsALoadBalancer() {
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.base-url=lb://joe:secret@backend/v1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageContaining("'conn-pool.clients.orders.base-url' is 'lb://backend'")
				.hasMessageContaining("'lb://' needs Spring Cloud LoadBalancer")
				.hasMessageNotContaining("secret"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "lb", "LB" })
	void aServiceAsBootsBaseUrlNeedsALoadBalancer(String scheme) {
		this.contextRunner
			.withPropertyValues("spring.http.serviceclient.orders.base-url=" + scheme + "://joe:secret@back_end/v1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageContaining("'spring.http.serviceclient.orders.base-url' is '" + scheme + "://back_end/v1'")
				.hasMessageContaining("'lb://' needs Spring Cloud LoadBalancer")
				.hasMessageNotContaining("secret"));
	}

	@Test
	void saysOnceThatAConnectorTakesThePlaceOfThePool(CapturedOutput output) {
		this.contextRunner.withBean(ClientHttpConnector.class, JdkClientHttpConnector::new)
			.withPropertyValues("conn-pool.clients.orders.compression=false")
			.run((context) -> assertThat(output)
				.containsOnlyOnce("A ClientHttpConnector bean is used in place of the pool by all WebClients")
				.contains("default, orders"));
	}

	@Test
	void doesNotSayThatAConnectorTakesThePlaceOfThePoolWithoutOne(CapturedOutput output) {
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.compression=false")
			.run((context) -> assertThat(output).doesNotContain("in place of the pool"));
	}

	@Test
	void providesOneSingletonPerNamedClientBesideThePrimary() {
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s",
					"conn-pool.clients.stock.pool.max-connections-per-host=7")
			.run((context) -> {
				assertThat(context).getBeans(WebClient.class).containsOnlyKeys("webClient", "orders", "stock");
				assertThat(context.getBean(WebClient.class)).isSameAs(context.getBean("webClient"));
				assertThat(context.getBean("orders")).isSameAs(context.getBean("orders"))
					.isNotSameAs(context.getBean("stock"));
			});
	}

	@Test
	void injectsNamedClientsByQualifier() {
		this.contextRunner.withUserConfiguration(Injected.class)
			.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s")
			.run((context) -> {
				assertThat(context.getBean(Injected.class).orders).isSameAs(context.getBean("orders"));
				assertThat(context.getBean(Injected.class).any).isSameAs(context.getBean("webClient"));
			});
	}

	@Test
	void eachClientHasItsOwnPool() {
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s").run((context) -> {
			ConnPoolClients clients = context.getBean(ConnPoolClients.class);
			assertThat(clients.get("orders").httpClient().configuration().connectionProvider())
				.isNotSameAs(clients.get("default").httpClient().configuration().connectionProvider());
		});
	}

	@Test
	void clientsCanBeLookedUpListedAndOperated() {
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.protocols=http/1.1").run((context) -> {
			ConnPoolClients clients = context.getBean(ConnPoolClients.class);
			ConnPoolClient orders = clients.get("orders");
			assertThat(clients).extracting(ConnPoolClient::name).containsExactly("default", "orders");
			assertThat(orders.webClient()).isSameAs(context.getBean("orders"));
			assertThat(orders.snapshot().protocols()).containsExactly("http/1.1");
			orders.closeIdle();
			assertThatIllegalArgumentException().isThrownBy(() -> orders.drain("https://orders.example.com:443"));
		});
	}

	@Test
	void webClientsComeFromTheBuilderOfTheApplication() {
		this.contextRunner
			.withBean(WebClientCustomizer.class,
					() -> (builder) -> builder.filter((request, next) -> next.exchange(request)))
			.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s")
			.run((context) -> assertThat(context.getBeansOfType(WebClient.class).values())
				.allSatisfy((client) -> client.mutate().filters((filters) -> assertThat(filters).hasSize(1))));
	}

	@Test
	void primaryBacksOffWhenTheApplicationHasAWebClient() {
		this.contextRunner.withBean("own", WebClient.class, WebClient::create)
			.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s")
			.run((context) -> {
				assertThat(context).getBeans(WebClient.class).containsOnlyKeys("own", "orders");
				assertThat(context).hasSingleBean(ConnPoolClients.class);
			});
	}

	@Test
	void clientsBackOffWhenTheApplicationHasItsOwn() {
		ConnPoolClients own = new ConnPoolClients(List.of());
		this.contextRunner.withBean(ConnPoolClients.class, () -> own)
			.withBean("own", WebClient.class, WebClient::create)
			.run((context) -> assertThat(context.getBean(ConnPoolClients.class)).isSameAs(own));
	}

	@Test
	void backsOffWhenDisabled() {
		this.contextRunner
			.withPropertyValues("conn-pool.enabled=false", "conn-pool.clients.orders.pool.max-connections-per-host=-1")
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(ConnPoolClients.class)
				.doesNotHaveBean(WebClient.class)
				.doesNotHaveBean(PooledConnectorBuilder.class)
				.hasSingleBean(WebClient.Builder.class));
	}

	@Test
	void backsOffWithoutReactorNetty() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(HttpClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnPoolClients.class));
	}

	@Test
	void backsOffWithoutWebClient() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(WebClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("connPoolClients"));
	}

	@Test
	void runsOnTheEventLoopsOfTheApplication() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setLoopResourcesSupplier(() -> LoopResources.create("own", 1, true));
		this.contextRunner.withBean(ReactorResourceFactory.class, () -> resources)
			.run((context) -> assertThat(
					context.getBean(ConnPoolClients.class).get("default").httpClient().configuration().loopResources())
				.isSameAs(resources.getLoopResources()));
	}

	@Test
	void customizersComeLastInTheirOrderWithTheNameOfTheClient() {
		this.contextRunner.withUserConfiguration(Customizers.class)
			.withPropertyValues("conn-pool.clients.orders.timeouts.request=1s", "spring.http.clients.redirects=follow")
			.run((context) -> {
				assertThat(context.getBean(Customizers.class).calls).containsSubsequence("first default",
						"second default");
				assertThat(context.getBean(Customizers.class).calls).containsSubsequence("first orders",
						"second orders");
				HttpClient orders = context.getBean(ConnPoolClients.class).get("orders").httpClient();
				assertThat(orders.configuration().followRedirectPredicate()).isNull();
			});
	}

	@Test
	void redirectsAndReadTimeoutAreBoots() {
		this.contextRunner
			.withPropertyValues("spring.http.clients.redirects=dont-follow", "spring.http.clients.read-timeout=7s",
					"spring.http.clients.connect-timeout=3s")
			.run((context) -> {
				var configuration = context.getBean(ConnPoolClients.class).get("default").httpClient().configuration();
				assertThat(configuration.followRedirectPredicate()).isNull();
				assertThat(configuration.responseTimeout()).hasSeconds(7);
			});
	}

	@Test
	void logsOneLinePerClient(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.base-url=https://joe:secret@orders.example.com:8443/v1",
					"conn-pool.clients.orders.timeouts.request=1500ms", "conn-pool.pool.idle-timeout=0")
			.run((context) -> {
				assertThat(output.getOut().lines().filter((line) -> line.contains("Client 'default'"))).hasSize(1);
				assertThat(output.getOut().lines().filter((line) -> line.contains("Client 'orders'"))).singleElement()
					.asString()
					.contains("INFO")
					.endsWith(
							"Client 'orders' for https://orders.example.com:8443/v1: protocols h2, http/1.1; transport direct; "
									+ "at most 100 connections per host, 100 of them idle (1000 over all hosts, each for ever), "
									+ "1000 callers waiting; deadlines connect 5s, tls-handshake 5s, acquire 10s, "
									+ "response-header 10s, request 1500ms, stream-idle none");
				assertThat(output).doesNotContain("secret");
			});
	}

	@Configuration(proxyBeanMethods = false)
	static class Injected {

		@Autowired
		private WebClient any;

		@Autowired
		@Qualifier("orders")
		private WebClient orders;

	}

	@Configuration(proxyBeanMethods = false)
	static class Customizers {

		private final List<String> calls = new ArrayList<>();

		@Bean
		@Order(2)
		ConnPoolClientCustomizer second() {
			return (name, httpClient) -> {
				this.calls.add("second " + name);
				return httpClient.followRedirect(false);
			};
		}

		@Bean
		@Order(1)
		ConnPoolClientCustomizer first() {
			return (name, httpClient) -> {
				this.calls.add("first " + name);
				return httpClient.followRedirect(true).headers((headers) -> Map.of());
			};
		}

	}

}
