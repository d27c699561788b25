package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.DirectConnector;
import dev.connpool.connector.PooledConnector;
import dev.connpool.error.AcquireTimeoutException;
import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.settings.Protocol;
import dev.connpool.testing.Gate;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.ObservedServer;
import dev.connpool.testing.RawFrame;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * The promises hold for {@code WebClient} and {@code RestClient} too, and errors arrive
 * as callers of those expect them.
 */
class DoorsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofMillis(500);

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	// B2
	@ParameterizedTest
	@EnumSource
	void sequentialRequestsShareOneConnection(Door door) {
		for (TestServer server : List.of(TestServer.h1().start(this.network), TestServer.h1Tls().start(this.network),
				TestServer.h2().start(this.network))) {
			TestClient client = this.network.client();
			for (int request = 0; request < 50; request++) {
				assertThat(door.get(client, server.url("/hello"))).isEqualTo("hello");
			}
			assertThat(server).acceptedConnections(1);
		}
	}

	// B2: a response that nobody reads to its end by hand
	@Test
	void bodilessEntitiesShareOneConnection() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		for (WebClient webClient : List.of(webClient(client), directClient(client))) {
			for (int request = 0; request < 50; request++) {
				webClient.get().uri(server.url("/hello")).retrieve().toBodilessEntity().block(PATIENCE);
			}
		}
		assertThat(server).acceptedConnections(1);
	}

	// B5
	@ParameterizedTest
	@EnumSource
	void anAcquireTimeoutIsTheCause(Door door) {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).acquire(DEADLINE));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		door.assertFails(client, server.url("/hello"), AcquireTimeoutException.class);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
	}

	// B5
	@ParameterizedTest
	@EnumSource
	void aFullQueueIsTheCause(Door door) {
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1).maxPendingAcquires(0));
		Mono<List<String>> calls = client.begin(server.url("/held"), 1);
		await().until(() -> server.requests("/held") == 1);
		door.assertFails(client, server.url("/hello"), PendingAcquiresFullException.class);
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
	}

	// B12
	@ParameterizedTest
	@EnumSource
	void aResponseHeaderDeadlineIsTheCause(Door door) {
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.responseHeader(DEADLINE));
		door.assertFails(client, server.url("/held"), ResponseHeaderTimeoutException.class);
	}

	// B13
	@ParameterizedTest
	@EnumSource
	void aTotalDeadlineIsTheCause(Door door) {
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> settings.request(Duration.ofSeconds(1)));
		door.assertFails(client, server.url("/held"), RequestTimeoutException.class);
	}

	// B13: the body is read by the caller of the door
	@ParameterizedTest
	@EnumSource
	void aTotalDeadlineEndsABody(Door door) {
		TestServer server = TestServer.h1()
			.stream("/drip", "text/plain", Flux.interval(Duration.ZERO, Duration.ofMillis(100)).map((tick) -> "drip "))
			.start(this.network);
		TestClient client = this.network.client((settings) -> settings.request(Duration.ofSeconds(1)));
		Throwable error = catchThrowable(() -> door.get(client, server.url("/drip")));
		assertThat(causes(error)).hasAtLeastOneElementOfType(RequestTimeoutException.class);
		assertThat(server).settlesAt(0);
	}

	@ParameterizedTest
	@EnumSource
	void aRefusedConnectionIsTheCause(Door door) {
		door.assertFails(this.network.client(), "http://%s:%d/".formatted(ObservedServer.HOST, LoopbackPort.free()),
				ConnectionFailedException.class);
	}

	// B38
	@ParameterizedTest
	@EnumSource
	void aMalformedResponseOverHttp2IsTheCause(Door door) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.acceptHttp2("");
			connection.readFrame(RawFrame.HEADERS);
			connection.write(RawFrame.headers(3, RawFrame.END_STREAM, ":status", "200", "content-length", "5"));
		});
		TestClient client = this.network.client((settings) -> settings.protocols(Protocol.H2C));
		door.assertFails(client, server.url("/"), ProtocolErrorException.class);
	}

	private static WebClient directClient(TestClient client) {
		return WebClient.builder().clientConnector(new DirectConnector(client.httpClient())).build();
	}

	private static WebClient webClient(TestClient client) {
		return WebClient.builder().clientConnector(new PooledConnector(client.httpClient())).build();
	}

	private static List<Throwable> causes(Throwable error) {
		return Stream.iterate(error, Objects::nonNull, Throwable::getCause).toList();
	}

	enum Door {

		WEB_CLIENT(WebClientRequestException.class) {

			@Override
			String get(TestClient client, String url) {
				return fetch(webClient(client), url);
			}

		},

		DIRECT(WebClientRequestException.class) {

			@Override
			String get(TestClient client, String url) {
				return fetch(directClient(client), url);
			}

		},

		REST_CLIENT(ResourceAccessException.class) {

			@Override
			String get(TestClient client, String url) {
				return fetch(client.requestFactory(), url);
			}

		},

		BLOCKING(ResourceAccessException.class) {

			@Override
			String get(TestClient client, String url) {
				return fetch(new BlockingRequestFactory(client.httpClient()), url);
			}

		};

		private final Class<? extends Throwable> error;

		Door(Class<? extends Throwable> error) {
			this.error = error;
		}

		abstract String get(TestClient client, String url);

		private static String fetch(WebClient client, String url) {
			return String.valueOf(client.get().uri(url).retrieve().bodyToMono(String.class).block(PATIENCE));
		}

		private static String fetch(ClientHttpRequestFactory requestFactory, String url) {
			RestClient client = RestClient.builder().requestFactory(requestFactory).build();
			return String.valueOf(client.get().uri(url).retrieve().body(String.class));
		}

		void assertFails(TestClient client, String url, Class<? extends ConnPoolException> cause) {
			assertThatExceptionOfType(this.error).isThrownBy(() -> get(client, url))
				.withCauseInstanceOf(cause)
				.withMessageContaining(TestClient.NAME);
		}

	}

}
