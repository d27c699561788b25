package dev.connpool.autoconfigure;

import dev.connpool.testing.ScriptedServer;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.webclient.test.autoconfigure.WebClientTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is tested with {@code @WebClientTest} is what the application has.
 */
@WebClientTest(properties = "conn-pool.timeouts.response-header=3s")
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class WebClientSliceIntegrationTests {

	@AutoClose
	private static final ScriptedServer server = ScriptedServer.h2();

	@Autowired
	private ConnPoolClients clients;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("conn-pool.ssl.bundle", () -> "scripted");
		properties.add("conn-pool.clients.orders.base-url", server::url);
		properties.add("spring.ssl.bundle.pem.scripted.truststore.certificate", ScriptedServer::certificate);
	}

	@Test
	void theDefaultClientIsOnThePool(@Autowired WebClient webClient) {
		usesPool(webClient, server.url("/"), "default");
	}

	@Test
	void aNamedClientIsOnItsPool(@Autowired @Qualifier("orders") WebClient orders) {
		usesPool(orders, "/orders", "orders");
	}

	@Test
	void theBuilderIsOnThePool(@Autowired WebClient.Builder builder) {
		usesPool(builder.build(), server.url("/"), "default");
	}

	private void usesPool(WebClient webClient, String uri, String name) {
		for (int request = 0; request < 3; request++) {
			assertThat(webClient.get().uri(uri).retrieve().bodyToMono(String.class).block()).isEqualTo("scripted");
		}
		ConnPoolClient client = this.clients.get(name);
		assertThat(client.settings().timeouts().responseHeader()).hasSeconds(3);
		assertThat(client).host(server).protocol("h2").opened(1).handshakes(1).reused(2).closed(0);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

}
