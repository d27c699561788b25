package dev.connpool.autoconfigure;

import java.time.Duration;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.ClientTransport.ResolvedAddressSelector;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnPoolConnectorAutoConfiguration} and
 * {@link ConnPoolRequestFactoryAutoConfiguration}.
 */
class ConnPoolConnectorAutoConfigurationTests {

	private static final AutoConfigurations CONFIGURATIONS = AutoConfigurations.of(ConnPoolAutoConfiguration.class,
			ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
			ConnPoolRequestFactoryAutoConfiguration.class, SslAutoConfiguration.class,
			HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
			ImperativeHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
			RestClientAutoConfiguration.class);

	/** Its connectors tell which client they run on. */
	private static final String REACTOR_NETTY = "conn-pool.transport=reactor-netty";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(CONFIGURATIONS)
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");

	@Test
	void bootsConnectorIsTheDefaultClients() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpConnectorBuilder.class)
				.hasSingleBean(PooledConnectorBuilder.class);
			assertThat(context.getBean(ClientHttpConnector.class))
				.isSameAs(context.getBean(PooledConnectorBuilder.class).build(null));
		});
	}

	@Test
	void webClientAndRestClientShareConnections() {
		this.contextRunner.withPropertyValues(REACTOR_NETTY)
			.run((context) -> assertThat(hash(restClient(context))).isEqualTo(hash(defaultClient(context))));
	}

	@Test
	void webClientAndRestClientShareConnectionsThroughAnAddressFilter() {
		this.contextRunner.withBean(InetAddressFilter.class, () -> (address) -> address.isLoopbackAddress())
			.withPropertyValues("spring.http.clients.read-timeout=3s", REACTOR_NETTY)
			.run((context) -> {
				assertThat(hash(restClient(context))).isEqualTo(hash(defaultClient(context)));
				assertThat(filtersAddresses(defaultClient(context))).isTrue();
			});
	}

	@Test
	void addressFilterHoldsWhenACustomizerSelectsAddresses() {
		this.contextRunner.withUserConfiguration(AddressSelector.class)
			.withBean(InetAddressFilter.class, () -> (address) -> address.isLoopbackAddress())
			.run((context) -> {
				Object selector = ReflectionTestUtils.getField(defaultClient(context).configuration(),
						"resolvedAddressesSelector");
				assertThat(selector).extracting("delegate").isSameAs(AddressSelector.SELECTOR);
				assertThat(selector).extracting("filter").isSameAs(context.getBean(InetAddressFilter.class));
			});
	}

	@Test
	void proxiesAreNotResolvedWhenClientsAreBuilt() {
		this.contextRunner.withSystemProperties("https.proxyHost=127.0.0.1", "https.proxyPort=1")
			.run((context) -> assertThat(defaultClient(context).configuration().proxyProvider()).isNull());
	}

	@Test
	void customizersOfBootsBuilderApplyToEveryClient() {
		this.contextRunner.withUserConfiguration(ResponseTimeout.class)
			.withPropertyValues("conn-pool.clients.orders.compression=false")
			.run((context) -> assertThat(context.getBean(ConnPoolClients.class)).extracting(ConnPoolClient::httpClient)
				.hasSize(2)
				.allSatisfy((client) -> assertThat(client.configuration().responseTimeout()).hasSeconds(42)));
	}

	@Test
	void settingsOfAServiceGroupApplyToTheClientOfItsName() {
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.compression=false", "spring.http.clients.read-timeout=3s",
					"spring.http.serviceclient.orders.redirects=dont-follow",
					"spring.http.serviceclient.orders.read-timeout=4s")
			.run((context) -> {
				HttpClient orders = context.getBean(ConnPoolClients.class).get("orders").httpClient();
				assertThat(orders.configuration().followRedirectPredicate()).isNull();
				assertThat(orders.configuration().responseTimeout()).hasSeconds(4);
				assertThat(defaultClient(context).configuration().followRedirectPredicate()).isNotNull();
			});
	}

	@Test
	void anotherBundleMakesAnotherClientOnTheSameSettings() {
		this.contextRunner.withPropertyValues(REACTOR_NETTY).run((context) -> {
			ClientHttpConnectorBuilder<?> builder = context.getBean(ClientHttpConnectorBuilder.class);
			HttpClientSettings settings = context.getBean(HttpClientSettings.class)
				.withSslBundle(SslBundle.systemDefault());
			HttpClient other = httpClient(builder.build(settings));
			assertThat(hash(other)).isNotEqualTo(hash(defaultClient(context)))
				.isEqualTo(hash(httpClient(builder.build(settings))))
				.isEqualTo(hash(httpClient(context.getBean(ClientHttpRequestFactoryBuilder.class).build(settings))));
		});
	}

	@Test
	void bundleOfBootsSettingsIsOverriddenUnlessItIsAskedFor() {
		SslBundle boots = SslBundle.systemDefault();
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("mine", SslBundle.of(null));
		this.contextRunner.withBean(SslBundles.class, () -> bundles)
			.withBean(HttpClientSettings.class, () -> HttpClientSettings.ofSslBundle(boots))
			.withPropertyValues("conn-pool.ssl.bundle=mine", REACTOR_NETTY)
			.run((context) -> {
				ClientHttpConnectorBuilder<?> builder = context.getBean(ClientHttpConnectorBuilder.class);
				HttpClientSettings settings = context.getBean(HttpClientSettings.class);
				assertThat(httpClient(builder.build(settings))).isSameAs(defaultClient(context));
				assertThat(httpClient(builder.build(settings.withSslBundle(boots))))
					.isNotSameAs(defaultClient(context));
			});
	}

	@Test
	void connectTimeoutThatIsNotASettingOfOursIsKept() {
		this.contextRunner.withPropertyValues(REACTOR_NETTY).run((context) -> {
			ClientHttpConnectorBuilder<?> builder = context.getBean(ClientHttpConnectorBuilder.class);
			HttpClient other = httpClient(
					builder.build(HttpClientSettings.defaults().withConnectTimeout(Duration.ofMillis(123))));
			assertThat(connectTimeout(other)).isEqualTo(123);
		});
	}

	@Test
	void connectTimeoutOfBootBecomesASettingInsteadOfAnOption() {
		this.contextRunner.withPropertyValues("spring.http.clients.connect-timeout=123ms")
			.run((context) -> assertThat(connectTimeout(defaultClient(context))).isNotEqualTo(123));
	}

	@Test
	void connectorBacksOffWhenTheApplicationHasItsOwn() {
		ClientHttpConnectorBuilder<?> own = ClientHttpConnectorBuilder.jdk();
		this.contextRunner.withBean(ClientHttpConnectorBuilder.class, () -> own)
			.run((context) -> assertThat(context.getBean(ClientHttpConnectorBuilder.class)).isSameAs(own));
	}

	@Test
	void connectorBacksOffWhenAnotherIsAskedFor() {
		this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=jdk")
			.run((context) -> assertThat(context.getBean(ClientHttpConnector.class))
				.isInstanceOf(JdkClientHttpConnector.class));
	}

	@Test
	void connectorStaysWhenReactorIsAskedFor() {
		this.contextRunner.withPropertyValues("spring.http.clients.reactive.connector=reactor")
			.run((context) -> assertThat(context).hasSingleBean(PooledConnectorBuilder.class));
	}

	@Test
	void requestFactoryIsBuiltOnce() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(ClientHttpRequestFactory.class)).isInstanceOf(BlockingRequestFactory.class);
			assertThat(context.getBean(RestClient.Builder.class)).extracting("requestFactory")
				.isSameAs(context.getBean(ClientHttpRequestFactory.class));
		});
	}

	@Test
	void requestFactoryBacksOffWhenAnotherIsAskedFor() {
		this.contextRunner.withPropertyValues("spring.http.clients.imperative.factory=jdk")
			.run((context) -> assertThat(context.getBean(ClientHttpRequestFactory.class))
				.isInstanceOf(JdkClientHttpRequestFactory.class));
	}

	@Test
	void requestFactoryBacksOffInReactiveWebApplications() {
		new ReactiveWebApplicationContextRunner().withConfiguration(CONFIGURATIONS)
			.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0")
			.run((context) -> assertThat(context).hasSingleBean(PooledConnectorBuilder.class)
				.doesNotHaveBean(PooledRequestFactoryBuilder.class));
	}

	@Test
	void requestFactoryBacksOffWithoutRestClient() {
		this.contextRunner.withClassLoader(new FilteredClassLoader(RestClient.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("connPoolRequestFactoryBuilder"));
	}

	@Test
	void disabledLeavesEverythingToBoot() {
		this.contextRunner.withPropertyValues("conn-pool.enabled=false")
			.run((context) -> assertThat(context).hasSingleBean(ClientHttpConnectorBuilder.class)
				.doesNotHaveBean(PooledConnectorBuilder.class)
				.doesNotHaveBean(PooledRequestFactoryBuilder.class));
	}

	private static Object connectTimeout(HttpClient httpClient) {
		return httpClient.configuration().options().get(ChannelOption.CONNECT_TIMEOUT_MILLIS);
	}

	private static boolean filtersAddresses(HttpClient httpClient) {
		return ReflectionTestUtils.getField(httpClient.configuration(), "resolvedAddressesSelector") != null;
	}

	private static int hash(HttpClient httpClient) {
		return httpClient.configuration().channelHash();
	}

	private static HttpClient defaultClient(ApplicationContext context) {
		return context.getBean(ConnPoolClients.class).get("default").httpClient();
	}

	private static HttpClient restClient(ApplicationContext context) {
		return httpClient(context.getBean(ClientHttpRequestFactory.class));
	}

	private static HttpClient httpClient(Object connector) {
		HttpClient httpClient = (HttpClient) ReflectionTestUtils.getField(connector, "httpClient");
		assertThat(httpClient).isNotNull();
		return httpClient;
	}

	@Configuration(proxyBeanMethods = false)
	static class ResponseTimeout {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> responseTimeout() {
			return (builder) -> builder
				.withHttpClientCustomizer((httpClient) -> httpClient.responseTimeout(Duration.ofSeconds(42)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AddressSelector {

		private static final ResolvedAddressSelector<HttpClientConfig> SELECTOR = (config, addresses) -> addresses;

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> addressSelector() {
			return (builder) -> builder.withResolvedAddressSelector(SELECTOR);
		}

	}

}
