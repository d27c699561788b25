package dev.connpool.behaviour;

import java.net.URI;
import java.time.Duration;
import java.util.Map;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

import org.springframework.http.HttpMethod;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What is sent again, and what is not, by the clients that applications use (B20, B26).
 */
@Transport.Each
class ReplayDoorsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	/** More than is sent as a whole. */
	private static final int LARGE = 50_000;

	private static final Map<String, String> ORDER = Map.of("item", "tea");

	@RegisterExtension
	final Network network;

	private ScriptedServer server;

	private TestClient client;

	ReplayDoorsIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@BeforeEach
	void leaveOutTheFirstRequest() {
		this.server = this.network.scripted(Wire.H2);
		this.server.onRequest(1).waitsForBody().goesAwayBefore(Http2Error.NO_ERROR);
		this.client = this.network.client();
	}

	@Test
	void webClientSendsAValueAgain() {
		assertThat(webClient().bodyValue(ORDER).retrieve().bodyToMono(String.class).block(PATIENCE)).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	@Test
	void webClientDoesNotSendAStreamAgain() {
		assertThatExceptionOfType(WebClientRequestException.class)
			.isThrownBy(() -> webClient().body(Flux.just("one", "two"), String.class)
				.retrieve()
				.toBodilessEntity()
				.block(PATIENCE))
			.withCauseInstanceOf(ConnectionLostException.class)
			.withMessageContaining("its streaming body cannot be produced twice");
		assertThat(this.server).receivedRequest("POST", "/orders", 1);
	}

	@Test
	void restClientSendsABodyOfKnownLengthAgain() {
		assertThat(restClient(RestClient.builder()).body("tea").retrieve().body(String.class)).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	// Jackson writes as it goes
	@Test
	void restClientDoesNotSendJsonAgainThatIsAStream() {
		this.network.isFor(Transport.REACTOR_NETTY);
		assertThatExceptionOfType(ResourceAccessException.class)
			.isThrownBy(() -> restClient(RestClient.builder()).body(ORDER).retrieve().toBodilessEntity())
			.withCauseInstanceOf(ConnectionLostException.class)
			.withMessageContaining("state its Content-Length");
		assertThat(this.server).receivedRequest("POST", "/orders", 1);
	}

	@Test
	void restClientSendsJsonAgain() {
		this.network.isFor(Transport.DIRECT);
		assertThat(restClient(RestClient.builder()).body(ORDER).retrieve().body(String.class)).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	// Spring says that it can be written again
	@Test
	void restClientSendsLargeJsonAgain() {
		this.network.isFor(Transport.DIRECT);
		Map<String, String> large = Map.of("item", "tea".repeat(LARGE));
		assertThat(restClient(RestClient.builder()).body(large).retrieve().body(String.class)).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	@Test
	void restClientDoesNotSendAStreamAgain() {
		this.network.isFor(Transport.DIRECT);
		byte[] part = new byte[LARGE];
		for (long length : new long[] { -1, 2L * LARGE }) {
			RestClient.RequestBodySpec request = restClient(RestClient.builder());
			if (length > 0) {
				request.contentLength(length);
			}
			assertThatExceptionOfType(ResourceAccessException.class).isThrownBy(() -> request.body((output) -> {
				output.write(part);
				output.write(part);
			}).retrieve().toBodilessEntity())
				.withCauseInstanceOf(ConnectionLostException.class)
				.withMessageContaining("its streaming body cannot be produced twice");
			assertThat(this.server).receivedRequest("POST", "/orders", 1);
			leaveOutTheFirstRequest();
		}
	}

	@Test
	void restClientSendsJsonAgainThatItBuffers() {
		RestClient.Builder buffering = RestClient.builder().bufferContent((uri, method) -> method == HttpMethod.POST);
		assertThat(restClient(buffering).body(ORDER).retrieve().body(String.class)).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	@Test
	void anHttpServiceSendsItsArgumentAgain() {
		RestClient restClient = RestClient.builder()
			.baseUrl(this.server.url(""))
			.requestFactory(this.client.requestFactory())
			.build();
		Orders orders = HttpServiceProxyFactory.builderFor(RestClientAdapter.create(restClient))
			.build()
			.createClient(Orders.class);
		assertThat(orders.create("tea")).isNotEmpty();
		assertThat(this.server).receivedRequest("POST", "/orders", 2).processedRequests(1);
	}

	private WebClient.RequestBodySpec webClient() {
		return WebClient.builder()
			.clientConnector(this.client.connector())
			.build()
			.post()
			.uri(this.server.url("/orders"));
	}

	private RestClient.RequestBodySpec restClient(RestClient.Builder builder) {
		return builder.requestFactory(this.client.requestFactory())
			.build()
			.post()
			.uri(URI.create(this.server.url("/orders")));
	}

	/**
	 * A service.
	 */
	interface Orders {

		@PostExchange("/orders")
		String create(@RequestBody String item);

	}

}
