package dev.connpool.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A request of a client under test, sent by whoever subscribes to what it wants of the
 * response. The same on every transport.
 */
public abstract class TestRequest {

	private final String method;

	private final String url;

	private final HttpHeaders headers = new DefaultHttpHeaders();

	private @Nullable Publisher<? extends ByteBuf> body;

	private Runnable answered = () -> {
	};

	TestRequest(String method, String url) {
		this.method = method;
		this.url = url;
	}

	/** Set a header. */
	public TestRequest header(String name, String... values) {
		this.headers.set(name, Arrays.asList(values));
		return this;
	}

	/** Send a body that is there at once. */
	public TestRequest body(String text) {
		return body(Mono.just(text));
	}

	/** Send a body in one part that is there sometime. */
	public TestRequest body(Mono<String> text) {
		return send(text.map(TestRequest::buffer));
	}

	/** Send a body in parts. */
	public TestRequest body(Flux<String> parts) {
		return send(parts.map(TestRequest::buffer));
	}

	/** Send a body as it comes. */
	public TestRequest send(Publisher<? extends ByteBuf> parts) {
		this.body = parts;
		return this;
	}

	private static ByteBuf buffer(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
	}

	/** Have something done when the head of the response is there. */
	public TestRequest whenAnswered(Runnable task) {
		this.answered = task;
		return this;
	}

	/** The body of the response. */
	public Mono<String> text() {
		return response().map(TestResponse::text);
	}

	/** The body of the response as it is. */
	public Mono<byte[]> bytes() {
		return exchange((head, parts) -> joined(parts)).single();
	}

	/** The response with its body. */
	public Mono<TestResponse> response() {
		return exchange((head, parts) -> text(parts).map(head::with)).single();
	}

	/** The response without its body, which is given up. */
	public Mono<TestResponse> head() {
		return exchange((head, parts) -> parts.take(0).thenMany(Flux.just(head))).single();
	}

	/** The status of the response, whose body is given up. */
	public Mono<Integer> status() {
		return head().map(TestResponse::status);
	}

	/** The body of the response as it is asked for. */
	public Flux<byte[]> parts() {
		return exchange((head, parts) -> parts);
	}

	/** The body of the response as it is asked for, a text for each part. */
	public Flux<String> texts() {
		return parts().map((part) -> new String(part, StandardCharsets.UTF_8));
	}

	private static Mono<String> text(Flux<byte[]> parts) {
		return joined(parts).map((all) -> new String(all, StandardCharsets.UTF_8));
	}

	private static Mono<byte[]> joined(Flux<byte[]> parts) {
		return parts.collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
			.map(ByteArrayOutputStream::toByteArray);
	}

	/** Whatever is made of the response, as soon as its head is there. */
	public final <T> Flux<T> exchange(Reader<T> reader) {
		return send((head, parts) -> {
			answered();
			return reader.read(head, parts);
		});
	}

	final void answered() {
		this.answered.run();
	}

	abstract <T> Flux<T> send(Reader<T> reader);

	final String method() {
		return this.method;
	}

	final String url() {
		return this.url;
	}

	final HttpHeaders headers() {
		return this.headers;
	}

	final @Nullable Publisher<? extends ByteBuf> body() {
		return this.body;
	}

	/**
	 * Makes something of a response.
	 *
	 * @param <T> what it makes
	 */
	@FunctionalInterface
	public interface Reader<T> {

		Publisher<T> read(TestResponse head, Flux<byte[]> parts);

	}

}
