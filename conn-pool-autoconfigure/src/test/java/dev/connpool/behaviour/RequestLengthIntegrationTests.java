package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import dev.connpool.error.ContentLengthException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.NettyOutbound;

import org.springframework.core.io.FileSystemResource;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

/**
 * The body of a request is as long as its Content-Length says, or the request fails
 * before anything else is sent in its name (B39, N5).
 */
@Transport.Each
class RequestLengthIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: smuggled\r\n\r\n";

	private static final List<List<String>> TOO_LONG = List.of(List.of("abc" + SMUGGLED), List.of("abc", SMUGGLED),
			List.of("", "ab", "", "c", "", SMUGGLED, ""), List.of("abc", "d"), List.of("abcd", "e", "f"));

	private static final List<List<String>> TOO_SHORT = List.of(List.of(), List.of(""), List.of("ab"),
			List.of("a", "", "b", ""));

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	private final Gate gate = new Gate();

	RequestLengthIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("tooLong")
	void nothingIsSentBeyondTheLength(Wire wire, List<String> parts) {
		ScriptedServer server = holding(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(upload(client, server, "3", Flux.fromIterable(parts)));
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).startsWith("Client 'under-test', host %s: ".formatted(server.host()))
			.containsPattern("longer than its Content-Length: 3 bytes are stated, \\d+ or more are there");
		assertNothingElseArrived(wire, client, server, 1);
	}

	@ParameterizedTest
	@MethodSource("tooShort")
	void aBodyThatIsTooShortIsToldAtOnce(Wire wire, List<String> parts) {
		ScriptedServer server = holding(wire);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(upload(client, server, "3", Flux.fromIterable(parts)));
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("shorter than its Content-Length: 3 bytes are stated, %d were there"
			.formatted(String.join("", parts).length()));
		assertNothingElseArrived(wire, client, server, 1);
	}

	@ParameterizedTest
	@EnumSource
	void aBodyBeyondNothingIsNotSent(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate);
		TestClient client = this.network.client(wire.settings());
		Failure failure = Failure.of(upload(client, server, "0", Flux.just(SMUGGLED)));
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("0 bytes are stated, %d or more are there".formatted(SMUGGLED.length()));
		assertThat(server.log().bodyBytes()).isZero();
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
		assertThat(server).receivedRequest("GET", "/smuggled", 0);
	}

	@ParameterizedTest
	@MethodSource("methods")
	void aLengthWithoutABodyIsRefused(Wire wire, HttpMethod method) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Mono<?> call = client.request(method.name(), server.url("/upload")).header("Content-Length", "3").status();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("3 bytes are stated, 0 were there");
		assertThat(server).receivedRequests(0);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
	}

	@ParameterizedTest
	@MethodSource("malformed")
	void aLengthThatIsNoneIsRefused(Wire wire, List<String> lengths) {
		ScriptedServer server = this.network.scripted(wire);
		TestClient client = this.network.client(wire.settings());
		Mono<?> call = client.request("POST", server.url("/upload"))
			.header("Content-Length", lengths.toArray(String[]::new))
			.body(Flux.just("a", "bc"))
			.status();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("the Content-Length of the request is not one number");
		assertThat(server).receivedRequests(0);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
	}

	// RFC 9112, section 6.3: without either, a request has no body
	@ParameterizedTest
	@ValueSource(strings = { "identity", "gzip", "chunked, gzip", "chunked, identity" })
	void aBodyThatSaysNotWhereItEndsIsRefused(String coding) {
		ScriptedServer server = this.network.scripted(Wire.H1);
		TestClient client = this.network.client();
		Mono<?> call = client.isDirect() ? client.request("POST", server.url("/upload"))
			.header("Transfer-Encoding", coding)
			.body(Flux.just("abc", SMUGGLED))
			.status() : client.httpClient().post().uri(server.url("/upload")).send((request, outbound) -> {
				request.requestHeaders().set("Transfer-Encoding", coding);
				return outbound.sendString(Flux.just("abc", SMUGGLED));
			}).response();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("does not end with 'chunked'");
		assertThat(server).receivedRequests(0);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
	}

	@Test
	void aBodyOfARequestThatSaysNothingOfItIsRefused() {
		this.network.isFor(Transport.REACTOR_NETTY);
		ScriptedServer server = holding(Wire.H1);
		TestClient client = this.network.client();
		Mono<?> call = client.httpClient()
			.request(HttpMethod.GET)
			.uri(server.url("/upload"))
			.send((request, outbound) -> outbound.sendObject(ByteBufFlux.fromString(Flux.just("x", SMUGGLED))))
			.response();
		Failure failure = Failure.of(call);
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("says nothing of a body but has one");
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
		assertThat(server).receivedRequest("GET", "/smuggled", 0);
	}

	@ParameterizedTest
	@EnumSource
	void aSecondRequestInThePlaceOfOneIsRefused(Wire wire) {
		this.network.isFor(Transport.REACTOR_NETTY);
		ScriptedServer server = holding(wire);
		TestClient client = this.network.client(wire.settings());
		Mono<?> call = client.httpClient()
			.headers((headers) -> headers.set("Content-Length", "0"))
			.post()
			.uri(server.url("/upload"))
			.send((request, outbound) -> outbound
				.sendObject(Flux.just(new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/smuggled"))))
			.response();
		assertThat(Failure.of(call).error()).isInstanceOf(ContentLengthException.class);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
		assertThat(server).receivedRequest("GET", "/smuggled", 0);
	}

	@ParameterizedTest
	@EnumSource
	void aFileIsAsLongAsIsStated(Wire wire) throws IOException {
		Path file = Files.writeString(this.directory.resolve("file"), "abc" + SMUGGLED);
		for (String length : List.of("3", "1000")) {
			ScriptedServer server = holding(wire);
			TestClient client = this.network.client(wire.settings());
			Failure failure = Failure.of(client.isDirect() ? sending(client, server, length, file)
					: sending(client, server, length, (outbound) -> outbound.sendFile(file)));
			assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
			assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
			assertThat(server).receivedRequest("GET", "/smuggled", 0);
			assertThat(server.log().bodyBytes()).isLessThanOrEqualTo(file.toFile().length());
		}
	}

	@ParameterizedTest
	@MethodSource("doors")
	void itHoldsAtEveryDoor(Wire wire, Door door) throws IOException {
		for (String body : List.of("abc" + SMUGGLED, "ab")) {
			ScriptedServer server = holding(wire);
			TestClient client = this.network.client(wire.settings());
			Path file = Files.writeString(this.directory.resolve("body"), body);
			Throwable error = catchThrowable(() -> door.post(client, server.url("/upload"), file));
			assertThat(error).hasCauseInstanceOf(ContentLengthException.class);
			assertThat(error).hasMessageContaining("3 bytes are stated, ");
			assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
			assertThat(server).receivedRequest("GET", "/smuggled", 0);
		}
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatIsHeldBackIsNotSentEither(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsFor(this.gate);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).expectContinue(PATIENCE));
		Mono<?> call = client.request("POST", server.url("/upload"))
			.header("Content-Length", "3")
			.header("Expect", "100-continue")
			.body(Flux.just("abc", SMUGGLED))
			.status();
		assertThat(Failure.of(call).error()).isInstanceOf(ContentLengthException.class);
		assertThat(server.log().bodyBytes()).isZero();
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "H2C" })
	void aRepeatedRequestIsLookedAtToo(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1).waitsForBody().goesAwayBefore(Http2Error.NO_ERROR);
		TestClient client = this.network.client(wire.settings());
		AtomicInteger attempts = new AtomicInteger();
		Flux<String> body = Flux
			.defer(() -> (attempts.incrementAndGet() == 1) ? Flux.just("a", "bc") : Flux.just("abc", SMUGGLED));
		Failure failure = Failure.of(upload(client, server, "3", body));
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(attempts).hasValue(2);
	}

	// B34
	@ParameterizedTest
	@EnumSource
	void aResponseThatHasBegunCountsForMore(Wire wire) {
		Gate end = new Gate();
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").sendsHeader().sends("not ").waitsFor(end).sends("wanted").ends();
		TestClient client = this.network.client(wire.settings());
		assertThat(answeredMeanwhile(client, server, Flux.just("bc", SMUGGLED).doOnComplete(end::open)).block(PATIENCE))
			.isEqualTo("not wanted");
		assertThat(server.log().bodyBytes()).isLessThanOrEqualTo(3);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
		assertThat(server).receivedRequest("GET", "/smuggled", 0);
	}

	// The server waits for the rest, and would do so for ever
	@ParameterizedTest
	@EnumSource
	void aResponseThatHasBegunDoesNotOutliveABodyThatIsTooShort(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").sendsHeader().sends("not ").waitsFor(this.gate).sends("wanted").ends();
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(Duration.ZERO));
		Failure failure = Failure.of(answeredMeanwhile(client, server, Flux.just("b")).timeout(PATIENCE));
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(failure.message()).contains("3 bytes are stated, 2 were there");
		assertNothingElseArrived(wire, client, server, 1);
	}

	/** Send the rest of a body when the response has begun. */
	private static Mono<String> answeredMeanwhile(TestClient client, ScriptedServer server, Flux<String> rest) {
		Gate begun = new Gate();
		return client.request("POST", server.url("/upload"))
			.header("Content-Length", "3")
			.body(Flux.just("a").concatWith(begun.opened().thenMany(rest)))
			.whenAnswered(begun::open)
			.text();
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatIsAsLongAsItSaysArrives(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsForBody().answers("thanks");
		TestClient client = this.network.client(wire.settings());
		for (Flux<String> parts : List.of(Flux.just("abc"), Flux.just("", "a", "", "bc", ""))) {
			assertThat(upload(client, server, "3", parts).block(PATIENCE)).isEqualTo("thanks");
		}
		assertThat(upload(client, server, "0", Flux.empty()).block(PATIENCE)).isEqualTo("thanks");
		assertThat(server.log().bodyBytes()).isEqualTo(6);
		assertThat(server).acceptedConnections(1);
	}

	// What was said to be a request of its own would have been answered to the next
	// caller
	@Test
	void theNextCallerGetsItsOwnAnswer() {
		RawServer server = RawServer.start(this.network, (connection) -> {
			for (String head = connection.readHead(); head != null; head = connection.readHead()) {
				String path = head.substring(head.indexOf('/'), head.indexOf(" HTTP"));
				connection.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(path.length(), path));
			}
		});
		TestClient client = this.network.client((settings) -> settings.maxConnectionsPerHost(1));
		Failure failure = Failure.of(client.request("POST", server.url("/upload"))
			.header("Content-Length", "0")
			.body(Flux.just(SMUGGLED))
			.status());
		assertThat(failure.error()).isInstanceOf(ContentLengthException.class);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("/next");
	}

	private ScriptedServer holding(Wire wire) {
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest("/upload").waitsForBody().waitsFor(this.gate);
		return server;
	}

	private static Mono<String> upload(TestClient client, ScriptedServer server, String length, Flux<String> parts) {
		return client.isDirect()
				? client.request("POST", server.url("/upload")).header("Content-Length", length).body(parts).text()
				: sending(client, server, length,
						(outbound) -> outbound.send(ByteBufFlux.fromString(parts), (buffer) -> true));
	}

	private static Mono<String> sending(TestClient client, ScriptedServer server, String length, Path file) {
		return client.webClient()
			.post()
			.uri(server.url("/upload"))
			.header("Content-Length", length)
			.body((request, context) -> ((ZeroCopyHttpOutputMessage) request).writeWith(file, 0,
					file.toFile().length()))
			.retrieve()
			.bodyToMono(String.class)
			.onErrorMap(WebClientRequestException.class, Throwable::getCause);
	}

	private static Mono<String> sending(TestClient client, ScriptedServer server, String length,
			UnaryOperator<NettyOutbound> body) {
		return client.httpClient()
			.headers((headers) -> headers.set("Content-Length", length))
			.post()
			.uri(server.url("/upload"))
			.send((request, outbound) -> body.apply(outbound))
			.responseSingle((response, content) -> content.asString().defaultIfEmpty(""));
	}

	private static void assertNothingElseArrived(Wire wire, TestClient client, ScriptedServer server, int requests) {
		if (wire.multiplexed()) {
			assertThat(client).activeStreams(server, 0).connections(server, 0, 0, 1);
			assertThat(server).openStreams(0).openConnections(1);
		}
		else {
			assertThat(server).settlesAt(0);
			await().untilAsserted(() -> assertThat(client.host(server).counters().closedByReason())
				.isEqualTo(Map.of("cancelled", 1L)));
		}
		assertThat(server.log().arrived()).isLessThanOrEqualTo(requests);
		assertThat(server.log().bodyBytes()).isLessThanOrEqualTo(3);
		assertThat(client.fetch(server.url("/next"))).isEqualTo("scripted");
		assertThat(server).receivedRequest("GET", "/smuggled", 0);
		assertThat(client.host(server).counters().replaysByReason()).isEmpty();
	}

	static Stream<Arguments> tooLong() {
		return everywhere(TOO_LONG);
	}

	static Stream<Arguments> tooShort() {
		return everywhere(TOO_SHORT);
	}

	static Stream<Arguments> methods() {
		return everywhere(List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.DELETE));
	}

	static Stream<Arguments> malformed() {
		return everywhere(List.of(List.of("+3"), List.of("-3"), List.of("three"), List.of("3, 3"), List.of("3", "3"),
				List.of("3", "4"), List.of("0x3"), List.of("3 3"), List.of(""), List.of("99999999999999999999")));
	}

	static Stream<Arguments> doors() {
		return everywhere(List.of(Door.values()));
	}

	private static Stream<Arguments> everywhere(List<?> cases) {
		return Stream.of(Wire.values()).flatMap((wire) -> cases.stream().map((each) -> Arguments.of(wire, each)));
	}

	/**
	 * A service.
	 */
	interface Uploads {

		@PostExchange
		Mono<String> upload(@RequestHeader("Content-Length") String length, @RequestBody Publisher<String> body);

	}

	enum Door {

		WEB_CLIENT {
			@Override
			void post(TestClient client, String url, Path file) throws IOException {
				client.webClient()
					.post()
					.uri(url)
					.header("Content-Length", "3")
					.body(Flux.just(Files.readString(file)), String.class)
					.retrieve()
					.toBodilessEntity()
					.block(PATIENCE);
			}
		},

		WEB_CLIENT_RESOURCE {
			@Override
			void post(TestClient client, String url, Path file) {
				client.webClient()
					.post()
					.uri(url)
					.header("Content-Length", "3")
					.bodyValue(new FileSystemResource(file))
					.retrieve()
					.toBodilessEntity()
					.block(PATIENCE);
			}
		},

		REST_CLIENT {
			@Override
			void post(TestClient client, String url, Path file) throws IOException {
				byte[] bytes = Files.readString(file).getBytes(StandardCharsets.UTF_8);
				client.restClient()
					.post()
					.uri(url)
					.contentLength(3)
					.body((output) -> output.write(bytes))
					.retrieve()
					.toBodilessEntity();
			}
		},

		HTTP_SERVICE {
			@Override
			void post(TestClient client, String url, Path file) throws IOException {
				WebClient webClient = client.webClient().mutate().baseUrl(url).build();
				HttpServiceProxyFactory.builderFor(WebClientAdapter.create(webClient))
					.build()
					.createClient(Uploads.class)
					.upload("3", Flux.just(Files.readString(file)))
					.block(PATIENCE);
			}
		};

		abstract void post(TestClient client, String url, Path file) throws IOException;

	}

}
