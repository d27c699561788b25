package dev.connpool.connector;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.connpool.error.ExchangeFailedException;
import dev.connpool.snapshot.StreamSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import io.netty.handler.timeout.ReadTimeoutException;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientRequest;

import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatObject;
import static org.awaitility.Awaitility.await;

/**
 * What {@link DirectConnector} does by itself, where {@link PooledConnector} leaves it to
 * Reactor Netty.
 */
class DirectConnectorIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final ThreadLocal<String> LOCAL = new ThreadLocal<>();

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@ParameterizedTest
	@EnumSource
	void whatEveryRequestHasIsAddedOnlyWhereItIsMissing(Wire wire) {
		TestServer server = wire.server()
			.route("/seen",
					(request,
							response) -> response.sendString(Mono.just(request.requestHeaders().getAll("User-Agent")
									+ " " + request.requestHeaders().getAll("Accept") + " "
									+ request.requestHeaders().getAll("Accept-Encoding") + " "
									+ request.requestHeaders().getAll("Host"))))
			.start(this.network);
		TestClient configured = this.network.client(wire.settings());
		WebClient client = webClient(configured);
		String userAgent = configured.pooled().settings().userAgent();
		String host = "[127.0.0.1:" + server.port() + "]";
		assertAnswer(body(client.get().uri(server.url("/seen")))).isEqualTo("[" + userAgent + "] [*/*] [gzip] " + host);
		assertAnswer(body(client.get()
			.uri(server.url("/seen"))
			.header("user-agent", "mine")
			.header("ACCEPT", "a/b", "c/d")
			.header("Accept-Encoding", "identity"))).isEqualTo("[mine] [a/b, c/d] [identity] " + host);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "DELETE" })
	void whatHasNoContentAfterAllSaysNothingOfOne(String method) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			String head = Objects.requireNonNull(connection.readHead());
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(head.length(), head));
		});
		assertAnswer(body(webClient(this.network.client()).method(HttpMethod.valueOf(method))
			.uri(server.url("/"))
			.body(Flux.<String>empty(), String.class)))
			.doesNotMatch((head) -> head.toLowerCase(Locale.ROOT).contains("transfer-encoding"))
			.doesNotMatch((head) -> head.toLowerCase(Locale.ROOT).contains("content-length"));
	}

	@Test
	void aHostOfOnesOwnIsSent() {
		TestServer server = TestServer.h1()
			.route("/seen",
					(request, response) -> response
						.sendString(Mono.just(request.requestHeaders().getAll("Host").toString())))
			.start(this.network);
		assertAnswer(body(webClient(this.network.client()).get().uri(server.url("/seen")).header("Host", "other")))
			.isEqualTo("[other]");
	}

	@Test
	void aNameWithAnUnderscoreIsLookedUp() {
		TestClient client = this.network.client();
		assertThat(Failure.of(webClient(client).get().uri("http://under_score.invalid/").retrieve().toBodilessEntity())
			.message()).contains("under_score.invalid");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/secret", "http:///path" })
	void aMissingHostIsSaid(String uri) {
		assertThat(Failure.of(connect(this.network.client(), URI.create(uri), ClientHttpRequest::setComplete)).error())
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageContainingAll(TestClient.NAME, "names no host");
	}

	@Test
	void anUnknownSchemeIsSaid() {
		assertThat(Failure
			.of(connect(this.network.client(), URI.create("ftp://host/secret"), ClientHttpRequest::setComplete))
			.error()).isInstanceOf(IllegalArgumentException.class)
			.hasMessageContaining("ftp")
			.hasMessageNotContaining("secret");
	}

	@ParameterizedTest
	@ValueSource(ints = { 299, 600, 799, 999 })
	void anyStatusIsDelivered(int status) {
		RawServer server = RawServer.start(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 " + status + " Odd\r\nContent-Length: 0\r\n\r\n");
		});
		assertThat(webClient(this.network.client()).get()
			.uri(server.url("/"))
			.exchangeToMono((response) -> Mono.just(response.statusCode().value()))
			.block(PATIENCE)).isEqualTo(status);
	}

	@Test
	void responsesOfOneConnectionHaveIdsOfTheirOwn() {
		TestServer server = TestServer.h1().start(this.network);
		WebClient client = webClient(this.network.client());
		List<String> prefixes = Flux.range(0, 3)
			.concatMap((number) -> client.get()
				.uri(server.url("/hello"))
				.exchangeToMono((response) -> response.releaseBody().thenReturn(response.logPrefix())))
			.map((prefix) -> prefix.substring(prefix.indexOf("] [")))
			.collectList()
			.block(PATIENCE);
		assertThat(prefixes).hasSize(3).doesNotHaveDuplicates();
		assertThat(server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aPartOfAFileIsSent(Wire wire, @TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("body"), "x".repeat(50_000) + "of a file" + "y".repeat(50_000));
		TestServer server = wire.server()
			.route("/length",
					(request,
							response) -> response.sendString(request.receive()
								.aggregate()
								.asString()
								.map((text) -> request.requestHeaders().get("Content-Length") + text)))
			.start(this.network);
		assertThat(connect(this.network.client(wire.settings()), URI.create(server.url("/length")),
				(request) -> ((ZeroCopyHttpOutputMessage) request).writeWith(file, 50_000, 9))
			.flatMap(DirectConnectorIntegrationTests::text)
			.block(PATIENCE)).isEqualTo("9of a file");
	}

	// The native request

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void oneRequestHasAReadTimeoutOfItsOwn(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings())
			.derive((http) -> http.responseTimeout(Duration.ofMinutes(1)));
		Failure failure = Failure.of(webClient(client).get()
			.uri(server.url("/held"))
			.httpRequest(
					(request) -> request.<HttpClientRequest>getNativeRequest().responseTimeout(Duration.ofMillis(300)))
			.retrieve()
			.toBodilessEntity());
		assertThat(failure.error()).hasCauseInstanceOf(ReadTimeoutException.class);
		assertThat(failure.after()).isBetween(Duration.ofMillis(290), Duration.ofSeconds(8));
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void theRequestOfReactorNettyTellsAndIsTold(Wire wire) {
		TestServer server = wire.server()
			.route("/a b",
					(request,
							response) -> response.sendString(Mono.just(request.requestHeaders().getAll("X-Sent")
									+ String.valueOf(request.requestHeaders().get("Cookie")))))
			.start(this.network);
		List<Object> told = new CopyOnWriteArrayList<>();
		AtomicReference<HttpClientRequest> kept = new AtomicReference<>();
		assertAnswer(body(webClient(this.network.client(wire.settings())).put()
			.uri(URI.create(server.url("/a%20b/?q=1")))
			.httpRequest((request) -> {
				HttpClientRequest asked = request.getNativeRequest();
				kept.set(asked);
				asked.addHeader("X-Sent", "one").addHeader("X-Sent", "two").addCookie(new DefaultCookie("c", "3"));
				told.addAll(List.of(asked.method().name(), asked.uri(), asked.fullPath(), asked.path(),
						asked.version().majorVersion(), asked.isKeepAlive(), asked.isWebsocket(),
						Objects.requireNonNull(asked.resourceUrl()), asked.cookies(),
						asked.requestHeaders().contains("User-Agent"), asked.currentContextView().get("key")));
			})).contextWrite((context) -> context.put("key", "value"))).isEqualTo("[one, two]c=3");
		assertThat(told).containsExactly("PUT", "/a%20b/?q=1", "/a b/", "a b", wire.multiplexed() ? 2 : 1, true, false,
				server.url("/a%20b/?q=1"), Map.of(), true, "value");
		assertThatIllegalStateException().isThrownBy(() -> kept.get().addHeader("X-Sent", "late"));
	}

	// Context

	@Test
	void theContextOfTheCallerIsThatOfTheBody() {
		TestServer server = TestServer.h1().echo("/echo").start(this.network);
		assertAnswer(body(webClient(this.network.client()).post()
			.uri(server.url("/echo"))
			.body(Flux.deferContextual((context) -> Flux.just(context.<String>get("key"), "!")), String.class))
			.contextWrite((context) -> context.put("key", "value"))).isEqualTo("value!");
	}

	@Test
	void localsOfThreadsAreThereInCallbacks() {
		TestServer server = TestServer.h1().start(this.network);
		ContextRegistry.getInstance().registerThreadLocalAccessor(new LocalAccessor());
		Hooks.enableAutomaticContextPropagation();
		List<String> seen = new CopyOnWriteArrayList<>();
		try {
			assertAnswer(
					body(webClient(this.network.client()).get().uri(server.url("/hello")).httpRequest((request) -> {
						seen.add(String.valueOf(LOCAL.get()));
						request.beforeCommit(() -> Mono.fromRunnable(() -> seen.add(String.valueOf(LOCAL.get()))));
					})).doOnNext((body) -> seen.add(String.valueOf(LOCAL.get())))
						.contextWrite((context) -> context.put(LocalAccessor.KEY, "value")))
				.isEqualTo("hello");
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
			ContextRegistry.getInstance().removeThreadLocalAccessor(LocalAccessor.KEY);
		}
		assertThat(seen).containsExactly("value", "value", "value");
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void theUriTemplateIsSeen(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Disposable call = webClient(client).get()
			.uri(server.url("") + "/{name}", "held")
			.retrieve()
			.toBodilessEntity()
			.subscribe();
		await().until(() -> server.requests("/held") == 1);
		StreamSnapshot stream = Objects.requireNonNull(client.pooled().survey().block(PATIENCE))
			.hosts()
			.get(server.host())
			.connectionList()
			.get(0)
			.streams()
			.get(0);
		assertThat(stream.uriTemplate()).isEqualTo("/{name}");
		call.dispose();
	}

	// What ends a request

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void anErrorThatACallbackThrowsEndsTheExchange(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		List<Function<ClientHttpRequest, Mono<Void>>> callbacks = List.of((request) -> {
			throw new NoClassDefFoundError("missing");
		}, (request) -> Mono.fromRunnable(() -> {
			throw new NoClassDefFoundError("missing");
		}), (request) -> {
			request.beforeCommit(() -> {
				throw new NoClassDefFoundError("missing");
			});
			return request.setComplete();
		}, (request) -> request.writeWith(Flux.error(new NoClassDefFoundError("missing"))),
				(request) -> request.writeWith(Mono.error(new NoClassDefFoundError("missing"))));
		for (Function<ClientHttpRequest, Mono<Void>> callback : callbacks) {
			assertThat(Failure.of(connect(client, URI.create(server.url("/hello")), callback)).error())
				.isInstanceOf(ExchangeFailedException.class)
				.hasCauseInstanceOf(NoClassDefFoundError.class);
			await().until(() -> client.host(server).connections().active() == 0);
		}
		assertAnswer(body(webClient(client).get().uri(server.url("/hello")))).isEqualTo("hello");
	}

	@Test
	void anErrorThatTheReaderThrowsIsToldAndEndsTheExchange() {
		TestServer server = TestServer.h1()
			.stream("/begun", "text/plain", Flux.just("begun").concatWith(Mono.never()))
			.start(this.network);
		TestClient client = this.network.client();
		Failure failure = Failure
			.of(connect(client, URI.create(server.url("/begun")), ClientHttpRequest::setComplete).map((response) -> {
				throw new NoClassDefFoundError("missing");
			}));
		assertThat(failure.error()).isInstanceOf(ExchangeFailedException.class);
		await().until(() -> client.host(server).connections().total() == 0);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void whoGivesUpWhileTheRequestIsPreparedLeavesNothing(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(wire.settings());
		AtomicBoolean preparing = new AtomicBoolean();
		AtomicBoolean cancelled = new AtomicBoolean();
		Disposable call = connect(client, URI.create(server.url("/hello")), (request) -> {
			request.beforeCommit(() -> Mono.<Void>never()
				.doOnSubscribe((subscription) -> preparing.set(true))
				.doOnCancel(() -> cancelled.set(true)));
			return request.setComplete();
		}).subscribe();
		await().untilTrue(preparing);
		call.dispose();
		await().untilTrue(cancelled);
		await().until(() -> client.host(server).connections().active() == 0);
		assertThat(server.requests("/hello")).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void whoGivesUpBeforeTheResponseClosesOrResets(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client(wire.settings());
		Disposable call = connect(client, URI.create(server.url("/held")), ClientHttpRequest::setComplete).subscribe();
		await().until(() -> server.requests("/held") == 1);
		call.dispose();
		await().until(() -> client.host(server).connections().active() == 0);
		assertThat(client.host(server).connections().total()).isEqualTo(wire.multiplexed() ? 1 : 0);
	}

	@Test
	void nothingIsSentBeforeTheResponseIsAskedFor() {
		TestServer server = TestServer.h1().start(this.network);
		TestClient client = this.network.client();
		BaseSubscriber<ClientHttpResponse> nobody = new BaseSubscriber<>() {

			@Override
			protected void hookOnSubscribe(Subscription subscription) {
				// Asks for nothing.
			}

		};
		connect(client, URI.create(server.url("/hello")), ClientHttpRequest::setComplete).subscribe(nobody);
		nobody.cancel();
		nobody.request(1);
		assertThat(client.fetch(server.url("/hello"))).isEqualTo("hello");
		assertThat(server.requests("/hello")).isOne();
	}

	@Test
	void aBodyIsReadOnce() {
		TestServer server = TestServer.h1().start(this.network);
		ClientHttpResponse response = connect(this.network.client(), URI.create(server.url("/hello")),
				ClientHttpRequest::setComplete)
			.blockOptional(PATIENCE)
			.orElseThrow();
		assertThat(text(response).block(PATIENCE)).isEqualTo("hello");
		assertThatIllegalStateException().isThrownBy(() -> response.getBody().blockLast(PATIENCE));
	}

	// Redirects

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aRedirectWithMoreThanIsWorthReadingIsFollowed(Wire wire) {
		TestServer server = wire.server()
			.route("/moved",
					(request, response) -> response.status(302)
						.header("Location", "/hello")
						.sendString(Flux.range(0, 1000).map((number) -> "x".repeat(10_000))))
			.start(this.network);
		TestClient client = this.network.client(wire.settings()).derive((http) -> http.followRedirect(true));
		assertAnswer(body(webClient(client).get().uri(server.url("/moved")))).isEqualTo("hello");
		await().until(() -> client.host(server).connections().active() == 0);
		assertThat(server).acceptedConnections(wire.multiplexed() ? 1 : 2);
	}

	@Test
	void whoGivesUpWhileARedirectIsReadLeavesNothing() {
		TestServer server = TestServer.h1()
			.route("/moved",
					(request, response) -> response.status(302)
						.header("Location", "/hello")
						.sendString(Flux.just("begun").concatWith(Mono.never()), StandardCharsets.US_ASCII))
			.start(this.network);
		TestClient client = this.network.client().derive((http) -> http.followRedirect(true));
		Disposable call = webClient(client).get().uri(server.url("/moved")).retrieve().toBodilessEntity().subscribe();
		await().until(() -> server.requests("/moved") == 1 && client.host(server).connections().active() == 1);
		call.dispose();
		await().until(() -> client.host(server).connections().total() == 0);
		assertThat(server.requests("/hello")).isZero();
	}

	@Test
	void exchangesThatAreGivenUpAreReleased() {
		TestServer server = TestServer.h1().bytes("/large", 1 << 20).start(this.network);
		TestClient client = this.network.client();
		Mono<Integer> status = webClient(client).get()
			.uri(server.url("/large"))
			.exchangeToMono((ClientResponse response) -> Mono.just(response.statusCode().value()));
		assertThat(status.block(PATIENCE)).isEqualTo(200);
		await().until(() -> client.host(server).connections().active() == 0);
	}

	private static Mono<ClientHttpResponse> connect(TestClient client, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> callback) {
		return new DirectConnector(client.httpClient()).connect(HttpMethod.POST, uri, callback);
	}

	private static WebClient webClient(TestClient client) {
		return WebClient.builder().clientConnector(new DirectConnector(client.httpClient())).build();
	}

	private static Mono<String> body(WebClient.RequestHeadersSpec<?> request) {
		return request.retrieve().bodyToMono(String.class);
	}

	private static ObjectAssert<String> assertAnswer(Mono<String> answer) {
		return assertThatObject(answer.blockOptional(PATIENCE).orElseThrow());
	}

	private static Mono<String> text(ClientHttpResponse response) {
		return DataBufferUtils.join(response.getBody()).map((buffer) -> {
			String text = buffer.toString(StandardCharsets.US_ASCII);
			DataBufferUtils.release(buffer);
			return text;
		});
	}

	/**
	 * Tells and is told what is local to a thread.
	 */
	private static final class LocalAccessor implements ThreadLocalAccessor<String> {

		private static final String KEY = "test.local";

		@Override
		public Object key() {
			return KEY;
		}

		@Override
		public String getValue() {
			return LOCAL.get();
		}

		@Override
		public void setValue(String value) {
			LOCAL.set(value);
		}

		@Override
		public void setValue() {
			LOCAL.remove();
		}

	}

}
