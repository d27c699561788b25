package dev.connpool.testing;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.connpool.blocking.BlockingRequestFactory;
import dev.connpool.client.PooledHttpClient;
import dev.connpool.connector.BlockedCall;
import dev.connpool.connector.DirectConnector;
import dev.connpool.connector.PooledConnector;
import dev.connpool.snapshot.HostSnapshot;
import org.assertj.core.api.AssertProvider;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A client under test, with the few calls that most tests make.
 */
public final class TestClient implements AssertProvider<ClientAssert> {

	/**
	 * The name of every client under test.
	 */
	public static final String NAME = "under-test";

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final PooledHttpClient pooled;

	private final HttpClient httpClient;

	private final Transport transport;

	/** Counts what is sent; {@code null} on Reactor Netty. */
	private final @Nullable DirectRequests sent;

	private final @Nullable WebClient webClient;

	TestClient(PooledHttpClient pooled, Transport transport, @Nullable DirectRequests sent) {
		this(pooled, pooled.httpClient(), transport, sent);
	}

	private TestClient(PooledHttpClient pooled, HttpClient httpClient, Transport transport,
			@Nullable DirectRequests sent) {
		this.pooled = pooled;
		this.transport = transport;
		this.httpClient = httpClient;
		this.sent = sent;
		this.webClient = (sent != null) ? DirectTestRequest.webClient(httpClient, sent) : null;
	}

	/** The same client, changed as an application might change it. */
	public TestClient derive(UnaryOperator<HttpClient> change) {
		return new TestClient(this.pooled, change.apply(this.httpClient), this.transport, this.sent);
	}

	/** The same client, asking a name server. */
	public TestClient asking(NameServer names) {
		return derive((client) -> client.resolver(names::configure));
	}

	/** A property of this client, as errors spell it. */
	public static String property(String name) {
		return "'conn-pool.clients.%s.%s'".formatted(NAME, name);
	}

	public PooledHttpClient pooled() {
		return this.pooled;
	}

	public HttpClient httpClient() {
		return this.httpClient;
	}

	public boolean isDirect() {
		return this.sent != null;
	}

	/** The connector that a {@code WebClient} on this transport has. */
	public ClientHttpConnector connector() {
		return (this.sent != null) ? this.sent.watch(new DirectConnector(this.httpClient))
				: new PooledConnector(this.httpClient);
	}

	/** The request factory that a {@code RestClient} on this transport has. */
	public ClientHttpRequestFactory requestFactory() {
		return (this.sent != null) ? this.sent.watch(new BlockingRequestFactory(this.httpClient))
				: new ReactorClientHttpRequestFactory(this.httpClient.mapConnect(BlockedCall::over));
	}

	/** A {@code RestClient} on this transport, as an application has it. */
	public RestClient restClient() {
		return RestClient.builder().requestFactory(requestFactory()).build();
	}

	/** A {@code WebClient} on this transport, as an application has it. */
	public WebClient webClient() {
		return WebClient.builder().clientConnector(connector()).build();
	}

	/** The same with something between it and its connector. */
	public WebClient webClient(UnaryOperator<Mono<ClientHttpResponse>> responses) {
		ClientHttpConnector connector = connector();
		return WebClient.builder()
			.clientConnector((method, uri, write) -> responses.apply(connector.connect(method, uri, write)))
			.build();
	}

	/** A request on the transport of this client. */
	public TestRequest request(String method, String url) {
		if (this.transport == Transport.BLOCKING) {
			return new BlockingTestRequest(requestFactory(), method, url);
		}
		return (this.webClient != null) ? new DirectTestRequest(this.webClient, method, url)
				: new ReactorNettyRequest(this.httpClient, method, url);
	}

	/** Get a URL and return the body. */
	public Mono<String> get(String url) {
		return request("GET", url).text();
	}

	/** Post a body and return that of the response. */
	public Mono<String> post(String url, Flux<String> body) {
		return request("POST", url).body(body).text();
	}

	/** Post a body that is there at once and return that of the response. */
	public Mono<String> post(String url, String body) {
		return request("POST", url).body(body).text();
	}

	/** Get a URL and return the body, waiting for it. */
	public String fetch(String url) {
		String body = get(url).block(PATIENCE);
		if (body == null) {
			throw new IllegalStateException("No response from " + url);
		}
		return body;
	}

	/** Get a URL many times at once and return the bodies, waiting for all. */
	public List<String> fetchTogether(String url, int times) {
		List<String> bodies = begin(url, times).block(PATIENCE.multipliedBy(2));
		return (bodies != null) ? bodies : List.of();
	}

	/** Get a URL many times at once, now. The bodies arrive with the result. */
	public Mono<List<String>> begin(String url, int times) {
		Mono<List<String>> bodies = Flux.range(0, times).flatMap((number) -> get(url), times).collectList().cache();
		bodies.onErrorComplete().subscribe();
		return bodies;
	}

	/** What is known of the host that a server is. */
	public HostSnapshot host(Origin server) {
		return this.pooled.snapshot().hosts().getOrDefault(server.host(), HostSnapshot.UNKNOWN);
	}

	/** What was read from the connections that are open to a server. */
	long bytesReceived(ObservedServer server) {
		return this.pooled.survey()
			.mapNotNull((survey) -> survey.hosts().get(server.host()))
			.mapNotNull(HostSnapshot::connectionList)
			.flatMapIterable((connections) -> connections)
			.reduce(0L, (sum, connection) -> sum + connection.bytesReceived())
			.blockOptional(PATIENCE)
			.orElse(0L);
	}

	Collection<HostSnapshot> hosts() {
		return this.pooled.snapshot().hosts().values();
	}

	@Override
	public ClientAssert assertThat() {
		return new ClientAssert(this);
	}

}
