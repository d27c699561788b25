package dev.connpool.autoconfigure;

import java.time.Duration;
import java.util.List;

import dev.connpool.actuate.ApplicationDescriptor;
import dev.connpool.actuate.ClientDescriptor;
import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.DirectConnector;
import dev.connpool.connector.PooledConnector;
import dev.connpool.finding.Findings;
import dev.connpool.settings.Transport;
import dev.connpool.web.ClientTransport;
import dev.connpool.web.ConnPoolClientCustomizer;
import dev.connpool.web.ConnPoolClients;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.ReactorClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which client is on which transport, and who is told (B49).
 */
@ExtendWith(OutputCaptureExtension.class)
class TransportChoiceTests {

	private static final String NOBODY = "no bean customizes the HttpClient";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
				ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
				SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0",
				"conn-pool.clients.orders.compression=true");

	private final ApplicationContextRunner restClientRunner = this.contextRunner.withConfiguration(AutoConfigurations
		.of(ConnPoolRequestFactoryAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class));

	@Test
	void aClientThatNobodyCustomizesIsDirect(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ClientHttpConnectorBuilderCustomizer.class);
			assertDirect(context, output, "default", NOBODY);
			assertDirect(context, output, "orders", NOBODY);
			assertThat(context.getBean(ClientHttpConnector.class)).isInstanceOf(DirectConnector.class);
		});
	}

	@Test
	void customizersThatReturnTheirArgumentDoNotCount(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Identity.class)
			.run((context) -> assertDirect(context, output, "default", NOBODY));
	}

	@Test
	void aCustomizerOfAnotherBuilderIsNotAsked(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(JdkBuilder.class)
			.run((context) -> assertDirect(context, output, "default", NOBODY));
	}

	@Test
	void theEventLoopsOfAnApplicationDoNotCount(CapturedOutput output) {
		LoopResources loops = LoopResources.create("mine");
		this.contextRunner.withBean(ReactorResourceFactory.class, () -> resources(loops)).run((context) -> {
			assertDirect(context, output, "default", NOBODY);
			assertThat(
					context.getBean(ConnPoolClients.class).get("default").httpClient().configuration().loopResources())
				.isSameAs(loops);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "redirects=dont-follow", "read-timeout=3s", "connect-timeout=3s" })
	void whatBootsPropertiesSetDoesNotCount(String property, CapturedOutput output) {
		this.contextRunner.withPropertyValues("spring.http.clients." + property)
			.withBean(InetAddressFilter.class, () -> (address) -> address.isLoopbackAddress())
			.run((context) -> assertDirect(context, output, "orders", NOBODY));
	}

	@Test
	void aCustomizerOfTheBuilderThatChangesTheClientIsNamed(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Identity.class, SocketOption.class).run((context) -> {
			assertReactorNetty(context, output, "default", "bean 'socketOption' customizes the HttpClient");
			assertReactorNetty(context, output, "orders", "bean 'socketOption' customizes the HttpClient");
			assertThat(context.getBean(ClientHttpConnector.class)).isInstanceOf(PooledConnector.class);
		});
	}

	@Test
	void whatHasNoGetterCountsToo(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(RequestHook.class)
			.run((context) -> assertReactorNetty(context, output, "default",
					"bean 'requestHook' customizes the HttpClient"));
	}

	@Test
	void aCustomizerBeforeThatOfBootCountsToo(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Early.class)
			.run((context) -> assertReactorNetty(context, output, "default", "bean 'early' customizes the HttpClient"));
	}

	@Test
	void aSelectorOfAddressesCounts(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(Identity.class, AddressSelector.class)
			.run((context) -> assertReactorNetty(context, output, "default",
					"bean 'addressSelector' customizes the HttpClient"));
	}

	@Test
	void aBuilderInPlaceOfTheGivenOneCounts(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(OtherBuilder.class)
			.run((context) -> assertReactorNetty(context, output, "default",
					"bean 'otherBuilder' customizes the HttpClient"));
	}

	@Test
	void eachClientIsDecidedForItself(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(OrdersHook.class).run((context) -> {
			assertDirect(context, output, "default", NOBODY);
			assertReactorNetty(context, output, "orders", "bean 'ordersHook' customizes the HttpClient");
		});
	}

	@Test
	void allBeansThatChangeAClientAreNamed(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(OrdersHook.class, SocketOption.class, Identity.class)
			.run((context) -> assertReactorNetty(context, output, "orders",
					"beans 'socketOption', 'ordersHook' customize the HttpClient"));
	}

	@Test
	void aPropertyPutsAClientOnReactorNetty(CapturedOutput output) {
		this.contextRunner.withPropertyValues("conn-pool.transport=reactor-netty").run((context) -> {
			assertReactorNetty(context, output, "default", "'conn-pool.transport' is 'reactor-netty'");
			assertReactorNetty(context, output, "orders", "'conn-pool.transport' is 'reactor-netty'");
		});
	}

	@Test
	void aClientHasATransportOfItsOwn(CapturedOutput output) {
		this.contextRunner
			.withPropertyValues("conn-pool.transport=reactor-netty", "conn-pool.clients.orders.transport=direct")
			.run((context) -> {
				assertReactorNetty(context, output, "default", "'conn-pool.transport' is 'reactor-netty'");
				assertDirect(context, output, "orders", "'conn-pool.clients.orders.transport' is 'direct'");
			});
	}

	@Test
	void aClientThatIsToBeDirectDoesNotStartWithoutWhatABeanHasChanged() {
		this.contextRunner.withUserConfiguration(OrdersHook.class)
			.withPropertyValues("conn-pool.transport=direct")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessage("Property 'conn-pool.transport' is 'direct' but bean 'ordersHook' customizes the"
						+ " Reactor Netty HttpClient of client 'orders', which requests of 'direct' do not come through;"
						+ " do without that change, or set 'auto' or 'reactor-netty'"));
	}

	@Test
	void aClientThatIsToBeDirectStartsWhereTheBeanLeavesItAlone(CapturedOutput output) {
		this.contextRunner.withUserConfiguration(OrdersHook.class)
			.withPropertyValues("conn-pool.transport=direct", "conn-pool.clients.orders.transport=auto")
			.run((context) -> {
				assertDirect(context, output, "default", "'conn-pool.transport' is 'direct'");
				assertReactorNetty(context, output, "orders", "bean 'ordersHook' customizes the HttpClient");
			});
	}

	// RestClient

	@Test
	void aRestClientThatNobodyCustomizesIsDirect(CapturedOutput output) {
		this.restClientRunner.run((context) -> {
			assertThat(context.getBean(ClientHttpRequestFactory.class)).isInstanceOf(BlockingRequestFactory.class);
			assertDirect(context, output, "default", NOBODY);
			assertThat(output).doesNotContain("RestClient has transport");
		});
	}

	@ParameterizedTest
	@ValueSource(
			classes = { RequestOption.class, RequestAddresses.class, RequestTimeout.class, OtherRequestFactory.class })
	void aCustomizerOfTheRequestFactoryMovesRestClientAlone(Class<?> configuration, CapturedOutput output) {
		this.restClientRunner.withUserConfiguration(RequestIdentity.class, configuration).run((context) -> {
			assertThat(context.getBean(ClientHttpRequestFactory.class))
				.isInstanceOf(ReactorClientHttpRequestFactory.class);
			assertDirect(context, output, "default", NOBODY);
			assertThat(output)
				.contains("Client 'default': RestClient has transport reactor-netty (bean 'changing' customizes"
						+ " the HttpClient)");
		});
	}

	@Test
	void aRestTemplateIsWhereRestClientIs() {
		this.restClientRunner.withConfiguration(AutoConfigurations.of(RestTemplateAutoConfiguration.class))
			.run((context) -> assertThat(context.getBean(RestTemplateBuilder.class).build().getRequestFactory())
				.isInstanceOf(BlockingRequestFactory.class));
	}

	@Test
	void whatDoesNotChangeTheClientLeavesRestClientAlone() {
		this.restClientRunner.withUserConfiguration(RequestIdentity.class)
			.run((context) -> assertThat(context.getBean(ClientHttpRequestFactory.class))
				.isInstanceOf(BlockingRequestFactory.class));
	}

	@Test
	void aCustomizerOfTheConnectorLeavesRestClientAlone(CapturedOutput output) {
		this.restClientRunner.withUserConfiguration(SocketOption.class).run((context) -> {
			assertThat(context.getBean(ClientHttpRequestFactory.class)).isInstanceOf(BlockingRequestFactory.class);
			assertReactorNetty(context, output, "default", "bean 'socketOption' customizes the HttpClient");
			assertThat(output).contains("Client 'default': RestClient has transport direct (" + NOBODY + ")");
		});
	}

	@Test
	void aCustomizerOfAClientMovesItsRestClientToo() {
		this.restClientRunner.withUserConfiguration(OrdersHook.class).run((context) -> {
			PooledRequestFactories factories = context.getBean(PooledRequestFactories.class);
			assertThat(factories.get("default").build(null)).isInstanceOf(BlockingRequestFactory.class);
			assertThat(factories.get("orders").build(null)).isInstanceOf(ReactorClientHttpRequestFactory.class);
		});
	}

	@Test
	void aPropertyPutsRestClientOnReactorNetty() {
		this.restClientRunner.withPropertyValues("conn-pool.transport=reactor-netty")
			.run((context) -> assertThat(context.getBean(ClientHttpRequestFactory.class))
				.isInstanceOf(ReactorClientHttpRequestFactory.class));
	}

	@Test
	void aRestClientThatIsToBeDirectDoesNotStartWithoutWhatABeanHasChanged() {
		this.restClientRunner.withUserConfiguration(RequestTimeout.class)
			.withPropertyValues("conn-pool.transport=direct")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidPropertyException.class)
				.hasMessageContaining("Property 'conn-pool.transport' is 'direct' but bean 'changing' customizes the"
						+ " Reactor Netty HttpClient of client 'default'"));
	}

	private static void assertDirect(ApplicationContext context, CapturedOutput output, String client, String reason) {
		assertTransport(context, client, Transport.DIRECT, reason);
		assertThat(startLine(output, client)).contains("; transport direct; ").doesNotContain(reason);
		assertThat(connector(context, client)).isInstanceOf(DirectConnector.class);
	}

	private static void assertReactorNetty(ApplicationContext context, CapturedOutput output, String client,
			String reason) {
		assertTransport(context, client, Transport.REACTOR_NETTY, reason);
		assertThat(startLine(output, client)).contains("; transport reactor-netty (%s); ".formatted(reason));
		assertThat(connector(context, client)).isInstanceOf(PooledConnector.class);
	}

	private static void assertTransport(ApplicationContext context, String client, Transport transport, String reason) {
		ConnPoolClients clients = context.getBean(ConnPoolClients.class);
		assertThat(clients.get(client).transport()).isEqualTo(new ClientTransport(transport, reason));
		ClientDescriptor shown = new ConnPoolEndpoint(
				new ApplicationDescriptor(null, "test", null, "2026-01-01T00:00:00Z"), clients,
				context.getBean(Findings.class), List.of(), Show.ALWAYS)
			.clients()
			.clients()
			.get(client);
		assertThat(shown.transport()).isEqualTo(transport.id());
		assertThat(shown.transportReason()).isEqualTo(reason);
	}

	private static String startLine(CapturedOutput output, String client) {
		return output.getOut()
			.lines()
			.filter((line) -> line.contains("Client '%s': protocols".formatted(client)))
			.reduce((first, last) -> last)
			.orElseThrow();
	}

	private static ClientHttpConnector connector(ApplicationContext context, String client) {
		return context.getBean(PooledConnectors.class).get(client).build(null);
	}

	private static ReactorResourceFactory resources(LoopResources loops) {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setLoopResources(loops);
		return resources;
	}

	@Configuration(proxyBeanMethods = false)
	static class RequestIdentity {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> requestIdentity() {
			return (builder) -> builder.withHttpClientCustomizer((httpClient) -> httpClient)
				.withCustomizer((requestFactory) -> requestFactory.setExecutor(Runnable::run));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestOption {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> changing() {
			return (builder) -> builder
				.withHttpClientCustomizer((httpClient) -> httpClient.option(ChannelOption.SO_KEEPALIVE, true));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestAddresses {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> changing() {
			return (builder) -> builder.withResolvedAddressSelector((config, addresses) -> addresses);
		}

	}

	// It has the client by then
	@Configuration(proxyBeanMethods = false)
	static class RequestTimeout {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> changing() {
			return (builder) -> builder
				.withCustomizer((requestFactory) -> requestFactory.setReadTimeout(Duration.ofSeconds(7)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherRequestFactory {

		@Bean
		ClientHttpRequestFactoryBuilderCustomizer<ReactorClientHttpRequestFactoryBuilder> changing() {
			return (builder) -> ClientHttpRequestFactoryBuilder.reactor();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Identity {

		@Bean
		@Order(1)
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> sameBuilder() {
			return (builder) -> builder;
		}

		@Bean
		@Order(2)
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> sameClient() {
			return (builder) -> builder.withHttpClientCustomizer((httpClient) -> httpClient);
		}

		@Bean
		ConnPoolClientCustomizer identity() {
			return (client, httpClient) -> httpClient;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class JdkBuilder {

		@Bean
		ClientHttpConnectorBuilderCustomizer<JdkClientHttpConnectorBuilder> jdkBuilder() {
			return (builder) -> builder.withHttpClientCustomizer((client) -> {
			});
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class SocketOption {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> socketOption() {
			return (builder) -> builder
				.withHttpClientCustomizer((httpClient) -> httpClient.option(ChannelOption.SO_RCVBUF, 4096));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class RequestHook {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> requestHook() {
			return (builder) -> builder
				.withHttpClientCustomizer((httpClient) -> httpClient.doOnRequest((request, connection) -> {
				}));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Early {

		@Bean
		@Order(-1)
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> early() {
			return (builder) -> builder
				.withHttpClientCustomizer((httpClient) -> httpClient.responseTimeout(Duration.ofSeconds(42)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AddressSelector {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> addressSelector() {
			return (builder) -> builder.withResolvedAddressSelector((config, addresses) -> addresses);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OtherBuilder {

		@Bean
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> otherBuilder() {
			return (builder) -> ClientHttpConnectorBuilder.reactor()
				.withHttpClientCustomizer((httpClient) -> httpClient.wiretap(true));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OrdersHook {

		@Bean
		ConnPoolClientCustomizer ordersHook() {
			return (client, httpClient) -> client.equals("orders") ? httpClient.doOnResponse((response, connection) -> {
			}) : httpClient;
		}

	}

}
