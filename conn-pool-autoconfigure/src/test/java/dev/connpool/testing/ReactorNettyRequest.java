package dev.connpool.testing;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * A request that is sent by the {@code HttpClient} of Reactor Netty.
 */
final class ReactorNettyRequest extends TestRequest {

	private final HttpClient client;

	ReactorNettyRequest(HttpClient client, String method, String url) {
		super(method, url);
		this.client = client;
	}

	@Override
	public Mono<TestResponse> head() {
		return receiver().responseSingle((response, body) -> {
			answered();
			return Mono.just(head(response));
		});
	}

	@Override
	<T> Flux<T> send(Reader<T> reader) {
		return receiver().response((response, body) -> reader.read(head(response), body.asByteArray()));
	}

	private void set(HttpHeaders headers) {
		headers().names().forEach((name) -> headers.set(name, headers().getAll(name)));
	}

	private static TestResponse head(HttpClientResponse response) {
		return new TestResponse(response.status().code(), response.responseHeaders());
	}

	private HttpClient.ResponseReceiver<?> receiver() {
		HttpClient.RequestSender request = this.client.headers(this::set)
			.request(HttpMethod.valueOf(method()))
			.uri(url());
		Publisher<? extends ByteBuf> body = body();
		return (body != null) ? request.send(body) : request;
	}

}
