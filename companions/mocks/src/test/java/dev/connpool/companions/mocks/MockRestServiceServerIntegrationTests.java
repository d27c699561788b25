package dev.connpool.companions.mocks;

import dev.connpool.testing.ScriptedServer;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.restclient.test.MockServerRestClientCustomizer;
import org.springframework.boot.restclient.test.autoconfigure.AutoConfigureMockRestServiceServer;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.client.MockRestServiceServer;
import org.springframework.test.web.client.match.MockRestRequestMatchers;
import org.springframework.test.web.client.response.MockRestResponseCreators;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.HttpServiceProxyRegistry;
import org.springframework.web.service.registry.ImportHttpServices;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Boot's mock server in the place of the connections of HTTP services.
 */
@SpringBootTest
@AutoConfigureMockRestServiceServer
class MockRestServiceServerIntegrationTests {

	@AutoClose
	private static final ScriptedServer server = ScriptedServer.h1();

	@Autowired
	private MockServerRestClientCustomizer mocks;

	@Autowired
	private HttpServiceProxyRegistry services;

	@Autowired
	private ConnPoolClients clients;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("conn-pool.clients.orders.base-url", server::url);
		properties.add("spring.http.serviceclient.stock.base-url", server::url);
	}

	@AfterEach
	void nothingWasConnectedTo() {
		assertThat(server).acceptedConnections(0);
		assertThat(this.clients).allSatisfy((client) -> assertThat(client.snapshot().hosts()).isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "orders", "stock" })
	void servicesAreMocked(String group) {
		this.mocks.getServers().values().forEach(MockRestServiceServer::reset);
		this.mocks.getServers()
			.values()
			.forEach((mock) -> mock.expect(MockRestRequestMatchers.requestTo(server.url("/items")))
				.andRespond(MockRestResponseCreators.withSuccess().body("mocked")));
		assertThat(this.services.getClient(group, Items.class).items()).isEqualTo("mocked");
	}

	interface Items {

		@GetExchange("/items")
		String items();

	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	@Configuration(proxyBeanMethods = false)
	@ImportHttpServices(group = "orders", types = Items.class, clientType = ClientType.REST_CLIENT)
	@ImportHttpServices(group = "stock", types = Items.class, clientType = ClientType.REST_CLIENT)
	static class Application {

	}

}
