package dev.connpool.testing;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.connpool.connector.DirectConnector;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * A request that is sent by a {@code WebClient} on the direct transport. Errors are those
 * of the pool, without what {@code WebClient} puts around them.
 */
final class DirectTestRequest extends TestRequest {

	private static final NettyDataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

	private final WebClient client;

	DirectTestRequest(WebClient client, String method, String url) {
		super(method, url);
		this.client = client;
	}

	static WebClient webClient(HttpClient httpClient, DirectRequests sent) {
		ClientHttpConnector connector = sent.watch(new DirectConnector(httpClient));
		return WebClient.builder()
			.clientConnector(connector)
			.filter((request, next) -> next.exchange(request)
				.onErrorMap(WebClientRequestException.class, Throwable::getCause))
			.build();
	}

	@Override
	<T> Flux<T> send(Reader<T> reader) {
		WebClient.RequestBodySpec request = this.client.method(HttpMethod.valueOf(method())).uri(URI.create(url()));
		headers().forEach((header) -> request.header(header.getKey(), header.getValue()));
		Publisher<? extends ByteBuf> body = body();
		if (body != null) {
			request.body(BodyInserters.fromDataBuffers(buffers(body)));
		}
		return request.exchangeToFlux((response) -> Flux.from(reader.read(head(response), parts(response))));
	}

	private static Publisher<DataBuffer> buffers(Publisher<? extends ByteBuf> body) {
		return (body instanceof Mono<? extends ByteBuf> single) ? single.map(BUFFERS::wrap)
				: Flux.from(body).map(BUFFERS::wrap);
	}

	private static TestResponse head(ClientResponse response) {
		List<Map.Entry<String, String>> headers = new ArrayList<>();
		response.headers()
			.asHttpHeaders()
			.forEach((name, values) -> values.forEach((value) -> headers.add(Map.entry(name, value))));
		return new TestResponse(response.statusCode().value(), headers);
	}

	private static Flux<byte[]> parts(ClientResponse response) {
		return response.body(BodyExtractors.toDataBuffers()).map((part) -> {
			byte[] bytes = new byte[part.readableByteCount()];
			part.read(bytes);
			DataBufferUtils.release(part);
			return bytes;
		});
	}

}
