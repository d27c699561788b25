package dev.connpool.connector;

import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.connpool.pool.reactor.RequestFailures;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * A request as {@code WebClient} writes it.
 */
final class PooledRequest implements ClientHttpRequest, ZeroCopyHttpOutputMessage {

	private final HttpMethod method;

	private final URI uri;

	private final HttpClientRequest request;

	private final NettyOutbound outbound;

	private final NettyDataBufferFactory buffers;

	private final boolean hasBody;

	private final MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>(0);

	private final Map<String, Object> attributes = new LinkedHashMap<>();

	private final List<Publisher<Void>> before = new ArrayList<>(0);

	private HttpHeaders headers = new HttpHeaders();

	private boolean committing;

	private boolean committed;

	/** The body, if there is one that comes as a whole. */
	private @Nullable Mono<? extends DataBuffer> whole;

	/** What the channel, or the source of the body, has reported. */
	private volatile @Nullable Throwable reported;

	PooledRequest(HttpMethod method, URI uri, HttpClientRequest request, NettyOutbound outbound) {
		this(method, uri, request, outbound, true);
	}

	private PooledRequest(HttpMethod method, URI uri, HttpClientRequest request, NettyOutbound outbound,
			boolean hasBody) {
		this.method = method;
		this.uri = uri;
		this.request = request;
		this.outbound = outbound;
		this.buffers = new NettyDataBufferFactory(outbound.alloc());
		this.hasBody = hasBody;
	}

	/**
	 * Create a request whose body is not written. A {@code Flux} is not even subscribed
	 * to; for a {@code Mono} there may be a buffer already, which goes to the pool and is
	 * released there.
	 * @param method the method
	 * @param uri the URI
	 * @param request the request of Reactor Netty
	 * @param outbound where it is written
	 * @return a new request
	 */
	static PooledRequest withoutBody(HttpMethod method, URI uri, HttpClientRequest request, NettyOutbound outbound) {
		return new PooledRequest(method, uri, request, outbound, false);
	}

	@Override
	public HttpMethod getMethod() {
		return this.method;
	}

	@Override
	public URI getURI() {
		return this.uri;
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, HttpCookie> getCookies() {
		return this.committed ? CollectionUtils.unmodifiableMultiValueMap(this.cookies) : this.cookies;
	}

	@Override
	public Map<String, Object> getAttributes() {
		return this.committed ? Collections.unmodifiableMap(this.attributes) : this.attributes;
	}

	@Override
	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" })
	public <T> T getNativeRequest() {
		return (T) this.request;
	}

	@Override
	public NettyDataBufferFactory bufferFactory() {
		return this.buffers;
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		this.before.add(Mono.defer(action));
	}

	@Override
	public boolean isCommitted() {
		return this.committing;
	}

	@Override
	public Mono<Void> setComplete() {
		return commit(null, null);
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		if (!this.hasBody && !(body instanceof Mono<?>)) {
			return setComplete();
		}
		if (!(body instanceof Mono<? extends DataBuffer> single)) {
			return commit(() -> this.outbound.send(parts(body)), null);
		}
		this.whole = single;
		return commit(() -> this.outbound
			.send(single.<ByteBuf>map(NettyDataBufferFactory::toByteBuf).onErrorResume(this::told)), null);
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return !this.hasBody ? setComplete() : commit(
				() -> this.outbound.sendGroups(new RequestBody<>(Flux.from(body), this::parts, this::tell)), null);
	}

	@Override
	public Mono<Void> writeWith(Path file, long position, long count) {
		return !this.hasBody ? setComplete() : commit(() -> this.outbound.sendFile(file, position, count),
				Mono.fromCallable(() -> complete(file, position + count)));
	}

	// Later it would be noticed by nobody, or look like the end of the channel.
	private static @Nullable Void complete(Path file, long end) throws IOException {
		long missing = end - Files.size(file);
		if (missing > 0) {
			throw new EOFException("The file '%s' ends %d bytes before what is to be sent of it does"
				.formatted(file.getFileName(), missing));
		}
		return null;
	}

	private Flux<ByteBuf> parts(Publisher<? extends DataBuffer> body) {
		return RequestBody.of(body, this::tell);
	}

	private <T> Mono<T> told(Throwable error) {
		return Mono.create((sink) -> tell(error, () -> sink.error(error)));
	}

	private void tell(Throwable error, Runnable then) {
		RequestFailures.tell(this.request, error, then);
	}

	private Mono<Void> commit(@Nullable Supplier<NettyOutbound> body, @Nullable Mono<Void> check) {
		if (this.committing) {
			return Mono.empty();
		}
		this.committing = true;
		Mono<Void> head = Mono.fromRunnable(this::writeHead);
		if (body == null && this.before.isEmpty()) {
			return head;
		}
		List<Publisher<Void>> steps = new ArrayList<>(this.before);
		steps.add(head);
		if (check != null) {
			steps.add(check);
		}
		if (body != null) {
			steps.add(body.get().then().doOnError((error) -> this.reported = error));
		}
		return Flux.concat(steps).then();
	}

	/**
	 * Note that the request was not made.
	 * @param error what was reported
	 * @param then what is done when that is told
	 */
	void failed(Throwable error, Runnable then) {
		if (error == this.reported) {
			then.run();
			return;
		}
		if (!this.committed) {
			dropBody();
		}
		tell(error, then);
	}

	// There may be a buffer already, which nobody else releases.
	private void dropBody() {
		Mono<? extends DataBuffer> body = this.whole;
		if (body != null) {
			body.subscribe(DataBufferUtils::release, (error) -> {
			});
		}
	}

	private void writeHead() {
		if (!this.headers.isEmpty()) {
			this.headers.forEach((name, values) -> this.request.requestHeaders().set(name, values));
		}
		this.cookies.values()
			.forEach((values) -> values
				.forEach((cookie) -> this.request.addCookie(new DefaultCookie(cookie.getName(), cookie.getValue()))));
		if (!this.attributes.isEmpty() && this.request instanceof Connection connection) {
			connection.channel().attr(ReactorClientHttpConnector.ATTRIBUTES_KEY).set(getAttributes());
		}
		this.headers = HttpHeaders.readOnlyHttpHeaders(new Netty4HeadersAdapter(this.request.requestHeaders()));
		this.committed = true;
	}

}
