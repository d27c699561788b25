package dev.connpool.web;

import java.util.List;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Transport;
import org.junit.jupiter.api.Test;
import reactor.netty.http.HttpResources;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnPoolClients}.
 */
class ConnPoolClientsTests {

	private final ConnPoolClients clients = new ConnPoolClients(List.of(client("default"), client("orders")));

	@Test
	void unknownNameIsRefusedWithThoseThatAreKnown() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.clients.get("order"))
			.withMessage("There is no client 'order', only 'default', 'orders';"
					+ " configure it under 'conn-pool.clients.order'");
	}

	@Test
	void clientsAreInTheOrderTheyWereGiven() {
		assertThat(this.clients.names()).containsExactly("default", "orders");
		assertThat(this.clients).extracting(ConnPoolClient::name).containsExactly("default", "orders");
		assertThat(this.clients.stream()).containsExactlyElementsOf(this.clients);
	}

	@Test
	void namesCannotBeChanged() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> this.clients.names().remove("orders"));
	}

	@Test
	void webClientIsMadeOnceWhenItIsNeeded() {
		ConnPoolClient orders = this.clients.get("orders");
		assertThat(orders.webClient()).isSameAs(orders.webClient());
	}

	private static ConnPoolClient client(String name) {
		PooledHttpClient pooled = new PooledHttpClient(name, ClientSettings.DEFAULTS, TlsMaterial.DEFAULT,
				HttpResources.get());
		return new ConnPoolClient(pooled, pooled.httpClient(), new ClientTransport(Transport.DIRECT, "test"),
				WebClient::create);
	}

}
