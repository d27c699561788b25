package dev.connpool.behaviour;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.connector.DirectConnector;
import dev.connpool.connector.PooledConnector;
import dev.connpool.error.RedirectException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestServerBuilder;
import dev.connpool.testing.Wire;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClientRequest;

import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Redirects are followed as RFC 9110, section 15.4, says, and carry nothing to an origin
 * that it was not meant for (B41).
 */
class RedirectsIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	private final List<Seen> seen = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@EnumSource
	void noCredentialsAreSentToAnotherOrigin(Door door) {
		for (Wire wire : Wire.values()) {
			this.seen.clear();
			TestServer stranger = server(wire.server()).start(this.network);
			TestServer server = redirecting(wire.server(), 302, stranger.url("/seen")).start(this.network);
			assertThat(door.get(client(wire), server.url("/moved"))).isEqualTo("seen");
			Seen last = last();
			assertThat(last.headers().names()).doesNotContainAnyElementsOf(List.of("cookie", "Cookie", "authorization",
					"Authorization", "proxy-authorization", "Proxy-Authorization"));
			assertThat(last.headers().get("User-Agent")).isEqualTo("me");
			assertThat(last.headers().get("X-Mine")).isEqualTo("kept");
			assertThat(last.headers().get("Host")).isEqualTo("127.0.0.1:" + stranger.port());
		}
	}

	@ParameterizedTest
	@EnumSource
	void allIsSentToTheSameOrigin(Door door) {
		for (Wire wire : Wire.values()) {
			TestServer server = redirecting(server(wire.server()), 302, "/seen").start(this.network);
			assertThat(door.get(client(wire), server.url("/moved"))).isEqualTo("seen");
			assertThat(last().headers().get("Cookie")).isEqualTo("session=secret");
			assertThat(last().headers().get("Authorization")).isEqualTo("Bearer secret");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whatWasTakenAwayDoesNotComeBack(Door door) {
		TestServer[] first = new TestServer[1];
		TestServer stranger = TestServer.h1()
			.route("/back",
					(request, response) -> response.status(302).header("Location", first[0].url("/seen")).send())
			.start(this.network);
		first[0] = redirecting(server(TestServer.h1()), 302, stranger.url("/back")).start(this.network);
		assertThat(door.get(client(Wire.H1), first[0].url("/moved"))).isEqualTo("seen");
		assertThat(last().headers().names()).doesNotContain("Cookie", "Authorization", "Proxy-Authorization");
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_CLIENT", "DIRECT" })
	void aSchemeIsPartOfAnOrigin(Door door) {
		TestServer plain = server(TestServer.h1()).start(this.network);
		TestServer secure = redirecting(server(TestServer.h2()), 302, plain.url("/seen")).start(this.network);
		TestServer upgrading = redirecting(TestServer.h1(), 308, secure.url("/seen")).start(this.network);
		for (TestServer server : List.of(secure, upgrading)) {
			assertThat(door.get(client(Wire.H1), server.url("/moved"))).isEqualTo("seen");
			assertThat(last().headers().names()).doesNotContain("Cookie", "cookie", "Authorization", "authorization");
		}
	}

	@ParameterizedTest
	@CsvSource({ "POST,301,GET", "POST,302,GET", "POST,303,GET", "PUT,303,GET", "DELETE,303,GET", "PATCH,303,GET",
			"POST,307,POST", "POST,308,POST", "PUT,301,PUT", "PUT,302,PUT", "PUT,307,PUT", "DELETE,302,DELETE" })
	void methodsAndBodiesChangeAsTheyShould(String method, int status, String expected) {
		for (Wire wire : Wire.values()) {
			TestServer server = redirecting(server(wire.server()), status, "/seen").start(this.network);
			TestClient client = client(wire);
			for (Door door : Door.values()) {
				assertThat(door.send(client, method, server.url("/moved"), "payload")).isEqualTo("seen");
				assertThat(last().method()).as("%s over %s", door, wire).isEqualTo(expected);
				if (expected.equals(method)) {
					assertThat(last().body()).isEqualTo("payload");
					assertThat(last().headers().get("Content-Type")).startsWith("text/plain");
				}
				else {
					assertThat(last().body()).isEmpty();
					assertThat(last().headers().get("Content-Length")).isIn(null, "0");
					assertThat(last().headers().names()).doesNotContain("Content-Type", "content-type",
							"Transfer-Encoding", "transfer-encoding", "Content-Language");
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 302, 303, 307, 308 })
	void aHeadStaysAHead(int status) {
		for (Wire wire : Wire.values()) {
			TestServer server = redirecting(server(wire.server()), status, "/seen").start(this.network);
			TestClient client = client(wire);
			for (int request = 0; request < 2; request++) {
				assertThat(client.httpClient()
					.followRedirect(true)
					.head()
					.uri(server.url("/moved"))
					.response()
					.map((response) -> response.status().code())
					.block(PATIENCE)).isEqualTo(200);
				assertThat(last().method()).isEqualTo("HEAD");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void aLoopEndsWithAnErrorThatNamesIt(Door door) {
		for (Wire wire : Wire.values()) {
			TestServer server = redirecting(wire.server(), 302, "/moved?token=secret").start(this.network);
			Throwable error = cause(catchThrowable(() -> door.get(client(wire), server.url("/moved"))));
			assertThat(error).isInstanceOf(RedirectException.class)
				.hasMessageContainingAll(TestClient.NAME, server.host(), "20", "302")
				.hasMessageNotContaining("secret");
			assertThat(server.requests("/moved")).isEqualTo(21);
			assertThat(server).acceptedConnections(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_CLIENT", "DIRECT" })
	void asManyAsThatAreFollowed(Door door) {
		TestServerBuilder builder = server(TestServer.h1());
		for (int hop = 0; hop < 20; hop++) {
			String next = (hop < 19) ? "/" + (hop + 1) : "/seen";
			builder.route("/" + hop, (request, response) -> response.status(301).header("Location", next).send());
		}
		assertThat(door.get(client(Wire.H1), builder.start(this.network).url("/0"))).isEqualTo("seen");
	}

	@ParameterizedTest
	@ValueSource(strings = { "file:///etc/passwd?secret", "ftp://secret/", "javascript:secret", "http:///secret",
			"http://host:99999/secret", "http://h%zzsecret/", "mailto:secret@example.com", "http://" })
	void whatIsNoPlaceToGoIsAnError(String location) {
		TestServer server = redirecting(TestServer.h1(), 302, location).start(this.network);
		for (Door door : Door.values()) {
			Throwable error = cause(catchThrowable(() -> door.get(client(Wire.H1), server.url("/moved"))));
			assertThat(error).isInstanceOf(RedirectException.class)
				.hasMessageContainingAll(TestClient.NAME, server.host(), "302", "Location")
				.hasMessageNotContaining("secret")
				.hasNoCause();
		}
	}

	@Test
	void aRedirectWithoutLocationIsDelivered() {
		TestServer server = TestServer.h1()
			.route("/moved", (request, response) -> response.status(302).sendString(Mono.just("nowhere")))
			.start(this.network);
		assertThat(Door.HTTP_CLIENT.get(client(Wire.H1), server.url("/moved"))).isEqualTo("nowhere");
	}

	@ParameterizedTest
	@CsvSource({ "/c,/c", "c,/a/c", "?x=1,/a/b?x=1", "../c,/c", "#part,/a/b?q=1", "'',/a/b?q=1", "/c#part,/c",
			"/c d,/c%20d", "/\u00C3\u00A9,/%C3%A9", "./?y,/a/?y" })
	void aReferenceIsResolved(String location, String expected) {
		Door.WEB_CLIENTS.forEach((door) -> aReferenceIsResolved(door, location, expected));
	}

	private void aReferenceIsResolved(Door door, String location, String expected) {
		List<String> heads = new CopyOnWriteArrayList<>();
		RawServer server = RawServer.start(this.network, (connection) -> {
			heads.add(Objects.requireNonNull(connection.readHead()));
			connection.write("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
			heads.add(Objects.requireNonNull(connection.readHead()));
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nseen");
		});
		assertThat(door.get(client(Wire.H1), server.url("/a/b?q=1"))).isEqualTo("seen");
		assertThat(heads.get(1)).startsWith("GET " + expected + " HTTP/1.1\r\n");
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_CLIENT", "DIRECT" })
	void theSameOriginMayBeWrittenInOtherWays(Door door) {
		TestServer[] server = new TestServer[1];
		server[0] = server(TestServer.h1())
			.route("/moved",
					(request, response) -> response.status(302)
						.header("Location", "HTTP://user:secret@LOCALHOST:" + server[0].port() + "/seen#part")
						.send())
			.route("/bare",
					(request, response) -> response.status(302)
						.header("Location", "//localhost:" + server[0].port() + "/moved")
						.send())
			.start(this.network);
		assertThat(door.get(client(Wire.H1), "http://localhost:" + server[0].port() + "/bare")).isEqualTo("seen");
		assertThat(last().headers().get("Cookie")).isEqualTo("session=secret");
		assertThat(last().headers().get("Authorization")).isEqualTo("Bearer secret");
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_CLIENT", "DIRECT" })
	void userInfoOfALocationIsNotSent(Door door) {
		TestServer stranger = server(TestServer.h1()).start(this.network);
		TestServer server = redirecting(TestServer.h1(), 302,
				stranger.url("/seen").replace("http://", "http://user:secret@"))
			.start(this.network);
		assertThat(door.get(client(Wire.H1), server.url("/moved"))).isEqualTo("seen");
		assertThat(last().headers().entries()).noneMatch((entry) -> entry.getValue().contains("secret"))
			.noneMatch((entry) -> entry.getKey().equalsIgnoreCase("authorization"));
	}

	@ParameterizedTest
	@EnumSource(names = { "WEB_CLIENT", "DIRECT" })
	void aBodyThatIsDroppedIsNotAskedFor(Door door) {
		TestServer server = redirecting(server(TestServer.h1()), 303, "/seen").start(this.network);
		List<String> subscriptions = new CopyOnWriteArrayList<>();
		Flux<String> body = Flux.just("once").doOnSubscribe((subscription) -> subscriptions.add("once"));
		assertThat(door.webClient(client(Wire.H1))
			.post()
			.uri(server.url("/moved"))
			.body(body, String.class)
			.retrieve()
			.bodyToMono(String.class)
			.block(PATIENCE)).isEqualTo("seen");
		assertThat(subscriptions).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 307, 308 })
	void aBodyThatCannotBeSentAgainIsAnError(int status) {
		for (Wire wire : List.of(Wire.H1, Wire.H2)) {
			TestServer server = redirecting(server(wire.server()), status, "/seen").start(this.network);
			TestClient client = client(wire);
			for (Door door : Door.WEB_CLIENTS) {
				Flux<String> once = Flux.fromStream(Stream.of("on", "ce"));
				assertThat(Failure
					.of(door.webClient(client)
						.post()
						.uri(server.url("/moved"))
						.body(once, String.class)
						.retrieve()
						.toBodilessEntity())
					.error()).as(door.name())
					.cause()
					.isInstanceOf(RedirectException.class)
					.hasMessageContainingAll(TestClient.NAME, server.host(), String.valueOf(status));
			}
			Throwable error = catchThrowable(() -> restClient(client).post()
				.uri(server.url("/moved"))
				.body(new InputStreamResource(new ByteArrayInputStream("once".getBytes(StandardCharsets.US_ASCII))))
				.retrieve()
				.toBodilessEntity());
			assertThat(cause(error)).isInstanceOf(RedirectException.class);
			assertThat(client).connections(server, 0, 0, (wire == Wire.H2) ? 1 : 0);
		}
	}

	// They are gone when they are written
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void buffersThatWereSentCannotBeSentAgain(boolean whole) {
		for (Wire wire : List.of(Wire.H1, Wire.H2)) {
			TestServer server = redirecting(server(wire.server()), 307, "/seen").start(this.network);
			TestClient client = client(wire);
			for (Door door : Door.WEB_CLIENTS) {
				DataBuffer once = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT).allocateBuffer(16)
					.write("once".getBytes(StandardCharsets.US_ASCII));
				assertThat(
						Failure
							.of(door.webClient(client)
								.post()
								.uri(server.url("/moved"))
								.body((message, context) -> message
									.writeWith(whole ? Mono.just(once) : Flux.just(once)))
								.retrieve()
								.toBodilessEntity())
							.error())
					.as(door.name())
					.cause()
					.isInstanceOf(RedirectException.class);
			}
			assertThat(client).connections(server, 0, 0, (wire == Wire.H2) ? 1 : 0);
		}
	}

	@Test
	void anApplicationMaySayItselfWhatIsSentOn() {
		TestServer stranger = server(TestServer.h1()).start(this.network);
		TestServer server = redirecting(TestServer.h1(), 302, stranger.url("/seen")).start(this.network);
		TestClient client = this.network.client()
			.derive((http) -> http.followRedirect(true,
					(HttpClientRequest request) -> request.header("Authorization", "Bearer other")));
		assertThat(Door.WEB_CLIENT.get(client, server.url("/moved"))).isEqualTo("seen");
		assertThat(last().headers().get("Authorization")).isEqualTo("Bearer other");
		assertThat(last().headers().contains("Cookie")).isFalse();
	}

	@Test
	void whoDoesNotFollowGetsTheResponse() {
		TestServer server = redirecting(TestServer.h1(), 302, "file:///").start(this.network);
		TestClient client = this.network.client();
		assertThat(client.httpClient()
			.post()
			.uri(server.url("/moved"))
			.response()
			.map((response) -> response.status().code() + response.responseHeaders().get("Location"))
			.block(PATIENCE)).isEqualTo("302file:///");
		TestClient picky = client.derive((http) -> http.followRedirect((request, response) -> false));
		assertThat(picky.httpClient()
			.post()
			.uri(server.url("/moved"))
			.response()
			.map((response) -> response.status().code() + response.responseHeaders().get("Location"))
			.block(PATIENCE)).isEqualTo("302file:///");
	}

	private TestServerBuilder server(TestServerBuilder builder) {
		return builder.route("/seen",
				(request, response) -> request.receive().aggregate().asString().defaultIfEmpty("").flatMap((body) -> {
					this.seen.add(new Seen(request.method().name(), request.requestHeaders().copy(), body));
					return response.sendString(Mono.just("seen")).then();
				}));
	}

	private static TestServerBuilder redirecting(TestServerBuilder builder, int status, String location) {
		return builder.route("/moved", (request, response) -> request.receive()
			.then(response.status(status).header("Location", location).send()));
	}

	private TestClient client(Wire wire) {
		return this.network.client(wire.settings()).derive((http) -> http.followRedirect(true));
	}

	private Seen last() {
		return this.seen.get(this.seen.size() - 1);
	}

	private static RestClient restClient(TestClient client) {
		return client.restClient();
	}

	private static Throwable cause(Throwable error) {
		return Stream.iterate(error, Objects::nonNull, Throwable::getCause)
			.filter((cause) -> cause instanceof RedirectException)
			.findFirst()
			.orElse(error);
	}

	private record Seen(String method, HttpHeaders headers, String body) {

	}

	enum Door {

		WEB_CLIENT {

			@Override
			WebClient webClient(TestClient client) {
				return build(new PooledConnector(client.httpClient()));
			}

		},

		DIRECT {

			@Override
			WebClient webClient(TestClient client) {
				return build(new DirectConnector(client.httpClient()));
			}

		},

		REST_CLIENT {

			@Override
			RestClient restClient(TestClient client) {
				return client.restClient();
			}

		},

		BLOCKING {

			@Override
			RestClient restClient(TestClient client) {
				return RestClient.builder().requestFactory(new BlockingRequestFactory(client.httpClient())).build();
			}

		},

		HTTP_CLIENT {

			@Override
			String get(TestClient client, String url) {
				return String.valueOf(client.httpClient()
					.headers((headers) -> headers.set("User-Agent", "me")
						.set("X-Mine", "kept")
						.set("Authorization", "Bearer secret")
						.set("Proxy-Authorization", "Basic secret"))
					.cookie(new DefaultCookie("session", "secret"))
					.get()
					.uri(url)
					.responseSingle((response, body) -> body.asString())
					.block(PATIENCE));
			}

			@Override
			String send(TestClient client, String method, String url, String body) {
				return String.valueOf(client.httpClient()
					.headers((headers) -> headers.set("Content-Language", "en").set("Content-Type", "text/plain"))
					.request(HttpMethod.valueOf(method))
					.uri(url)
					.send(ByteBufFlux.fromString(Flux.just(body.substring(0, 3), body.substring(3))))
					.responseSingle((response, content) -> content.asString())
					.block(PATIENCE));
			}

		};

		private static final List<Door> WEB_CLIENTS = List.of(WEB_CLIENT, DIRECT);

		String get(TestClient client, String url) {
			RestClient restClient = restClient(client);
			if (restClient != null) {
				return String.valueOf(restClient.get()
					.uri(url)
					.cookie("session", "secret")
					.headers(Door::fill)
					.retrieve()
					.body(String.class));
			}
			return String.valueOf(webClient(client).get()
				.uri(url)
				.headers(Door::fill)
				.retrieve()
				.bodyToMono(String.class)
				.block(PATIENCE));
		}

		String send(TestClient client, String method, String url, String body) {
			RestClient restClient = restClient(client);
			if (restClient != null) {
				return String.valueOf(restClient.method(org.springframework.http.HttpMethod.valueOf(method))
					.uri(url)
					.header("Content-Language", "en")
					.body(body)
					.retrieve()
					.body(String.class));
			}
			return String.valueOf(webClient(client).method(org.springframework.http.HttpMethod.valueOf(method))
				.uri(url)
				.header("Content-Language", "en")
				.bodyValue(body)
				.retrieve()
				.bodyToMono(String.class)
				.block(PATIENCE));
		}

		@Nullable RestClient restClient(TestClient client) {
			return null;
		}

		WebClient webClient(TestClient client) {
			throw new UnsupportedOperationException();
		}

		private static WebClient build(ClientHttpConnector connector) {
			return WebClient.builder().clientConnector(connector).defaultCookie("session", "secret").build();
		}

		private static void fill(org.springframework.http.HttpHeaders headers) {
			headers.set("User-Agent", "me");
			headers.set("X-Mine", "kept");
			headers.setBearerAuth("secret");
			headers.set("Proxy-Authorization", "Basic secret");
		}

	}

}
