package dev.connpool.sample;

import dev.connpool.testing.ScriptedServer;
import dev.connpool.web.ConnPoolClients;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.webclient.test.autoconfigure.WebClientTest;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What becomes of requests while servers are restarted.
 */
@WebClientTest
class RestartIntegrationTests {

	@AutoClose
	private static final ScriptedServer server = ScriptedServer.h2();

	@Autowired
	private ConnPoolClients clients;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry properties) {
		properties.add("conn-pool.clients.orders.base-url", server::url);
		properties.add("conn-pool.ssl.bundle", () -> "server");
		properties.add("spring.ssl.bundle.pem.server.truststore.certificate", ScriptedServer::certificate);
	}

	@Test
	void nothingIsLostWhenTheServerGoesAway(@Autowired @Qualifier("orders") WebClient orders) {
		server.onRequest(3).goesAwayBefore(Http2Error.NO_ERROR);
		for (int id = 0; id < 10; id++) {
			assertThat(get(orders, "/orders/" + id)).isEqualTo("scripted");
		}
		assertThat(this.clients.get("orders")).host(server).opened(2).reused(9).replayed("goaway", 1);
		assertThat(server).receivedRequest("GET", "/orders/2", 2).processedRequests(10);
	}

	@Test
	void aConnectionThatTheServerHasGivenUpIsReplaced(@Autowired WebClient webClient) {
		try (ScriptedServer other = ScriptedServer.h1Tls()) {
			other.onRequest(2).closes();
			assertThat(get(webClient, other.url("/one"))).isEqualTo("scripted");
			assertThat(get(webClient, other.url("/two"))).isEqualTo("scripted");
			assertThat(this.clients.get("default")).host(other)
				.opened(2)
				.replayed("connection-lost", 1)
				.eventually()
				.closedFor("peer-closed", 1)
				.idle(1);
		}
	}

	private static String get(WebClient client, String uri) {
		return client.get().uri(uri).retrieve().bodyToMono(String.class).block();
	}

}
