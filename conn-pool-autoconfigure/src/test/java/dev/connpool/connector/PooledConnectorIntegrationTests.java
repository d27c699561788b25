package dev.connpool.connector;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;

import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * {@link PooledConnector} and {@link DirectConnector} do what Spring's connector does.
 */
class PooledConnectorIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	private final TestServer server = TestServer.h1()
		.echo("/echo")
		.route("/headers",
				(request,
						response) -> response.sendString(Mono.just(request.method() + " "
								+ request.requestHeaders().getAll("X-Sent") + request.requestHeaders().get("Cookie"))))
		.route("/cookies",
				(request, response) -> response
					.addHeader("Set-Cookie", "a=1; Path=/; Max-Age=60; Secure; HttpOnly; SameSite=Lax; Partitioned")
					.addHeader("Set-Cookie", "b=2")
					.send())
		.route("/moved", (request, response) -> response.status(307).header("Location", "/headers").send())
		.start(this.network);

	@ParameterizedTest
	@EnumSource
	void headersAndCookiesAreSent(Kind kind) {
		assertThat(body(
				webClient(kind).get().uri(this.server.url("/headers")).header("X-Sent", "one", "two").cookie("c", "3")))
			.isEqualTo("GET [one, two]c=3");
	}

	@ParameterizedTest
	@EnumSource
	void anyMethodIsSent(Kind kind) {
		assertThat(body(webClient(kind).method(HttpMethod.valueOf("PURGE")).uri(this.server.url("/headers"))))
			.startsWith("PURGE ");
	}

	@ParameterizedTest
	@EnumSource
	void aRelativeUriIsOneOfTheHttpClient(Kind kind) {
		ClientHttpConnector connector = kind.on(this.network.client().httpClient().baseUrl(this.server.url("")));
		assertThat(body(connector, URI.create("/hello"), ClientHttpRequest::setComplete)).isEqualTo("hello");
	}

	@ParameterizedTest
	@EnumSource
	void cookiesAreReadWithAllOfTheirAttributes(Kind kind) {
		List<String> cookies = webClient(kind).get()
			.uri(this.server.url("/cookies"))
			.exchangeToMono(
					(response) -> Mono.just(response.cookies().values().stream().flatMap(List::stream).toList()))
			.flatMapIterable((all) -> all)
			.map(ResponseCookie::toString)
			.collectList()
			.block(PATIENCE);
		ResponseCookie full = ResponseCookie.fromClientResponse("a", "1")
			.path("/")
			.maxAge(60)
			.secure(true)
			.httpOnly(true)
			.sameSite("Lax")
			.partitioned(true)
			.build();
		assertThat(cookies).hasSize(2).last().isEqualTo("b=2");
		// The time at which it expires follows from its age.
		assertThat(cookies).first()
			.asString()
			.contains("Path=/; ", "Max-Age=60; ", "Secure", "HttpOnly", "SameSite=Lax", "Partitioned")
			.hasSameSizeAs(full.toString());
	}

	@ParameterizedTest
	@EnumSource
	void whatIsToBeDoneBeforeTheHeadIsWrittenIsDone(Kind kind) {
		AtomicReference<ClientHttpRequest> written = new AtomicReference<>();
		assertThat(body(webClient(kind).get().uri(this.server.url("/headers")).httpRequest((request) -> {
			written.set(request);
			request.beforeCommit(() -> Mono.fromRunnable(() -> request.getHeaders().add("X-Sent", "late")));
		}))).isEqualTo("GET [late]null");
		assertThat(written.get().isCommitted()).isTrue();
		assertThat(written.get().getHeaders().getFirst("X-Sent")).isEqualTo("late");
	}

	@ParameterizedTest
	@EnumSource
	void theRequestOfReactorNettyIsAtHand(Kind kind) {
		assertThat(body(webClient(kind).get()
			.uri(this.server.url("/headers"))
			.httpRequest((request) -> request.<HttpClientRequest>getNativeRequest().addHeader("X-Sent", "native"))))
			.isEqualTo("GET [native]null");
	}

	@ParameterizedTest
	@EnumSource
	void bodiesOfAnyKindAreSentAndReceived(Wire wire) {
		TestServer echo = wire.server().echo("/echo").start(this.network);
		for (Kind kind : Kind.OURS_ALL) {
			WebClient.RequestBodySpec post = WebClient.builder()
				.clientConnector(kind.on(this.network.client(wire.settings()).httpClient()))
				.build()
				.post()
				.uri(echo.url("/echo"));
			assertThat(body(post.bodyValue("one"))).isEqualTo("one");
			assertThat(body(post.body(Flux.just("one", "two"), String.class))).isEqualTo("onetwo");
		}
	}

	@ParameterizedTest
	@EnumSource
	void groupsOfBuffersAreFlushedAndSent(Kind kind) {
		assertThat(body(kind.on(this.network.client().httpClient()), URI.create(this.server.url("/echo")),
				(request) -> request.writeAndFlushWith(Flux.just("one", "two")
					.map((text) -> Mono.just(request.bufferFactory().wrap(text.getBytes(StandardCharsets.US_ASCII)))))))
			.isEqualTo("onetwo");
	}

	@ParameterizedTest
	@EnumSource
	void filesAreSent(Kind kind, @TempDir Path directory) throws IOException {
		Path file = Files.writeString(directory.resolve("body"), "of a file");
		assertThat(body(webClient(kind).post().uri(this.server.url("/echo")).bodyValue(new FileSystemResource(file))))
			.isEqualTo("of a file");
	}

	@ParameterizedTest
	@EnumSource
	void aRedirectedRequestIsWrittenAgain(Kind kind) {
		ClientHttpConnector connector = kind.on(this.network.client().httpClient().followRedirect(true));
		assertThat(body(WebClient.builder()
			.clientConnector(connector)
			.build()
			.get()
			.uri(this.server.url("/moved"))
			.header("X-Sent", "twice"))).isEqualTo("GET [twice]null");
	}

	@ParameterizedTest
	@EnumSource(names = "DIRECT", mode = EnumSource.Mode.EXCLUDE)
	void whatAnApplicationDoesWithConnectionsIsDone(Kind kind) {
		AtomicInteger connected = new AtomicInteger();
		HttpClient httpClient = this.network.client()
			.httpClient()
			.mapConnect((connection) -> connection.doOnNext((delivered) -> connected.incrementAndGet()));
		assertThat(body(kind.on(httpClient), URI.create(this.server.url("/hello")), ClientHttpRequest::setComplete))
			.isEqualTo("hello");
		assertThat(connected).hasValue(1);
	}

	@Test
	void whatIsPutAroundTheOperatorsOfReactorNettyIsHeard() {
		List<String> heard = new CopyOnWriteArrayList<>();
		Hooks.onEachOperator("test", Operators.liftPublisher(PooledConnectorIntegrationTests::isNextToTheConnector,
				(publisher, subscriber) -> new Listening(subscriber, heard)));
		try {
			HttpClient httpClient = this.network.client()
				.httpClient()
				.doOnRequest((request, connection) -> heard
					.add(request.currentContextView().getOrDefault("put", "nothing put")));
			assertThat(body(Kind.OURS.on(httpClient), URI.create(this.server.url("/hello")),
					ClientHttpRequest::setComplete))
				.isEqualTo("hello");
		}
		finally {
			Hooks.resetOnEachOperator("test");
		}
		assertThat(heard).contains("around", "completed").doesNotContain("nothing put");
	}

	@ParameterizedTest
	@EnumSource
	void attributesAreForgottenWithTheirRequest(Kind kind) {
		TestClient client = this.network.client();
		assertThat(body(WebClient.builder()
			.clientConnector(kind.on(client.httpClient()))
			.build()
			.get()
			.uri(this.server.url("/hello"))
			.attribute("key", "value"))).isEqualTo("hello");
		AtomicReference<Object> left = new AtomicReference<>("unknown");
		client.httpClient()
			.doOnRequest((request, connection) -> left
				.set(connection.channel().attr(ReactorClientHttpConnector.ATTRIBUTES_KEY).get()))
			.get()
			.uri(this.server.url("/hello"))
			.response()
			.block(PATIENCE);
		assertThat(left).hasNullValue();
		assertThat(this.server).acceptedConnections(1);
	}

	@ParameterizedTest
	@EnumSource
	void aResponseIsReleasedWhoseCallerCancels(Kind kind) {
		TestClient client = this.network.client();
		AtomicReference<ClientHttpResponse> received = new AtomicReference<>();
		Mono<Void> released = Mono.create((sink) -> kind.on(client.httpClient())
			.connect(HttpMethod.GET, URI.create(this.server.url("/hello")), ClientHttpRequest::setComplete)
			.subscribe(new BaseSubscriber<>() {

				@Override
				protected void hookOnSubscribe(Subscription subscription) {
					request(1);
				}

				@Override
				protected void hookOnNext(ClientHttpResponse response) {
					received.set(response);
					cancel();
					sink.success();
				}

			}));
		released.block(PATIENCE);
		await().until(() -> client.host(this.server).connections().idle() == 1);
		assertThat(client.fetch(this.server.url("/hello"))).isEqualTo("hello");
		assertThat(this.server).acceptedConnections(1);
		assertThatIllegalStateException().isThrownBy(() -> received.get().getBody().blockLast(PATIENCE));
	}

	// Reactor Netty completes what another thread cancels, and whoever collects the parts
	// may take them for the whole
	@ParameterizedTest
	@EnumSource(names = "SPRINGS", mode = EnumSource.Mode.EXCLUDE)
	void aBodyThatIsGivenUpIsNotToldToBeWhole(Kind kind) {
		TestServer endless = TestServer.h1()
			.stream("/begun", "text/plain", Flux.just("begun").concatWith(Mono.never()))
			.start(this.network);
		TestClient client = this.network.client();
		ClientHttpResponse response = kind.on(client.httpClient())
			.connect(HttpMethod.GET, URI.create(endless.url("/begun")), ClientHttpRequest::setComplete)
			.blockOptional(PATIENCE)
			.orElseThrow();
		GivingUp caller = new GivingUp();
		response.getBody().subscribe(caller);
		await().until(() -> client.host(endless).connections().total() == 0);
		assertThat(caller.told).containsExactly("begun");
	}

	private static boolean isNextToTheConnector(Publisher<?> publisher) {
		Object source = Scannable.from(publisher).scanUnsafe(Scannable.Attr.PARENT);
		return source != null && source.getClass().getName().equals(PooledCall.class.getName() + "$Direct");
	}

	private WebClient webClient(Kind kind) {
		return WebClient.builder().clientConnector(kind.on(this.network.client().httpClient())).build();
	}

	private static String body(WebClient.RequestHeadersSpec<?> request) {
		return request.retrieve().bodyToMono(String.class).blockOptional(PATIENCE).orElseThrow();
	}

	private static String body(ClientHttpConnector connector, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> write) {
		return connector.connect(HttpMethod.POST, uri, write)
			.flatMap((response) -> DataBufferUtils.join(response.getBody()))
			.map((buffer) -> {
				String text = buffer.toString(StandardCharsets.US_ASCII);
				DataBufferUtils.release(buffer);
				return text;
			})
			.blockOptional(PATIENCE)
			.orElseThrow();
	}

	/**
	 * What an agent puts around an operator.
	 */
	private record Listening(CoreSubscriber<Object> actual, List<String> heard) implements CoreSubscriber<Object> {

		@Override
		public Context currentContext() {
			return this.actual.currentContext().put("put", "around");
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			this.actual.onSubscribe(subscription);
		}

		@Override
		public void onNext(Object value) {
			this.actual.onNext(value);
		}

		@Override
		public void onError(Throwable error) {
			this.actual.onError(error);
		}

		@Override
		public void onComplete() {
			this.heard.add("completed");
			this.actual.onComplete();
		}

	}

	/**
	 * Gives up on another thread while it is given a part.
	 */
	private static final class GivingUp implements CoreSubscriber<DataBuffer> {

		private final List<String> told = new CopyOnWriteArrayList<>();

		private volatile Subscription subscription;

		@Override
		public void onSubscribe(Subscription body) {
			this.subscription = body;
			body.request(1);
		}

		@Override
		public void onNext(DataBuffer part) {
			this.told.add(part.toString(StandardCharsets.US_ASCII));
			DataBufferUtils.release(part);
			CompletableFuture.runAsync(this.subscription::cancel).join();
		}

		@Override
		public void onError(Throwable error) {
			this.told.add(error.toString());
		}

		@Override
		public void onComplete() {
			this.told.add("completed");
		}

	}

	/**
	 * Which connector.
	 */
	enum Kind {

		SPRINGS {
			@Override
			ClientHttpConnector on(HttpClient httpClient) {
				return new ReactorClientHttpConnector(httpClient);
			}
		},

		OURS {
			@Override
			ClientHttpConnector on(HttpClient httpClient) {
				return new PooledConnector(httpClient);
			}
		},

		DIRECT {
			@Override
			ClientHttpConnector on(HttpClient httpClient) {
				return new DirectConnector(httpClient);
			}
		};

		private static final List<Kind> OURS_ALL = List.of(OURS, DIRECT);

		abstract ClientHttpConnector on(HttpClient httpClient);

	}

}
