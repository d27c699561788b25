package dev.connpool.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.ClientHttpResponse;

/**
 * A request of a thread that waits for the response, which is made for it.
 */
final class BlockingTestRequest extends TestRequest {

	private static final int PART = 8 * 1024;

	/** Tests may keep those of Reactor waiting for this. */
	private static final Scheduler THREADS = Schedulers.newBoundedElastic(2000, Integer.MAX_VALUE, "blocking", 60,
			true);

	private final ClientHttpRequestFactory requestFactory;

	BlockingTestRequest(ClientHttpRequestFactory requestFactory, String method, String url) {
		super(method, url);
		this.requestFactory = requestFactory;
	}

	@Override
	<T> Flux<T> send(Reader<T> reader) {
		return Mono.fromCallable(this::execute)
			.flatMapMany((response) -> Flux.from(reader.read(head(response), parts(response)))
				.doFinally((signal) -> response.close()))
			.subscribeOn(THREADS);
	}

	private ClientHttpResponse execute() throws IOException {
		ClientHttpRequest request = this.requestFactory.createRequest(URI.create(url()), HttpMethod.valueOf(method()));
		headers().forEach((header) -> request.getHeaders().add(header.getKey(), header.getValue()));
		Publisher<? extends ByteBuf> body = body();
		if (body instanceof Mono<? extends ByteBuf> whole) {
			whole.blockOptional().ifPresent((buffer) -> write(buffer, request));
		}
		else if (body != null) {
			((StreamingHttpOutputMessage) request).setBody((output) -> {
				for (ByteBuf part : Flux.from(body).toIterable(1)) {
					output.write(bytes(part));
					output.flush();
				}
			});
		}
		return request.execute();
	}

	private static void write(ByteBuf buffer, ClientHttpRequest request) {
		try {
			OutputStream output = request.getBody();
			output.write(bytes(buffer));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static byte[] bytes(ByteBuf buffer) {
		byte[] bytes = new byte[buffer.readableBytes()];
		buffer.readBytes(bytes).release();
		return bytes;
	}

	private static TestResponse head(ClientHttpResponse response) {
		List<Map.Entry<String, String>> headers = new ArrayList<>();
		response.getHeaders().forEach((name, values) -> values.forEach((value) -> headers.add(Map.entry(name, value))));
		try {
			return new TestResponse(response.getStatusCode().value(), headers);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static Flux<byte[]> parts(ClientHttpResponse response) {
		return Flux.<byte[]>generate((sink) -> read(response, sink)).subscribeOn(THREADS);
	}

	private static void read(ClientHttpResponse response, SynchronousSink<byte[]> sink) {
		try {
			InputStream body = response.getBody();
			byte[] part = new byte[PART];
			int count = body.read(part);
			if (count < 0) {
				sink.complete();
			}
			else {
				sink.next(Arrays.copyOf(part, count));
			}
		}
		catch (IOException ex) {
			sink.error(ex);
		}
	}

}
