package dev.connpool.connector;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.RedirectedRequest;
import dev.connpool.pool.exchange.Redirects;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.cookie.ClientCookieEncoder;
import io.netty.handler.codec.http.cookie.Cookie;
import io.netty.handler.codec.http.cookie.DefaultCookie;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.ZeroCopyHttpOutputMessage;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * A request as {@code WebClient} writes it to one exchange. Its headers are those of
 * Netty from the start.
 */
final class DirectRequest implements ClientHttpRequest, ZeroCopyHttpOutputMessage, CoreSubscriber<Void>, Disposable {

	private static final int FILE_BUFFER = 16 * 1024;

	private final DirectSubscription caller;

	private final DirectExchange exchange;

	private final @Nullable Redirects redirects;

	private final @Nullable RedirectedRequest redirected;

	private final io.netty.handler.codec.http.HttpHeaders fields = new DefaultHttpHeaders();

	private final MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>(0);

	private final Map<String, Object> attributes = new LinkedHashMap<>();

	private HttpHeaders headers = new HttpHeaders(new Netty4HeadersAdapter(this.fields));

	private @Nullable List<Supplier<? extends Mono<Void>>> before;

	/** The body, if there is one that comes as a whole. */
	private @Nullable Mono<? extends DataBuffer> whole;

	private boolean committing;

	private boolean committed;

	private volatile @Nullable Subscription writing;

	private volatile boolean disposed;

	/**
	 * Create a request.
	 * @param caller whose request it is
	 * @param exchange what carries it
	 * @param redirects the redirects that led to it, or {@code null}
	 * @param redirected what is different because of them, or {@code null}
	 */
	DirectRequest(DirectSubscription caller, DirectExchange exchange, @Nullable Redirects redirects,
			@Nullable RedirectedRequest redirected) {
		this.caller = caller;
		this.exchange = exchange;
		this.redirects = redirects;
		this.redirected = redirected;
	}

	/**
	 * Have the request written.
	 * @param requestCallback writes it
	 */
	void write(Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		Mono<Void> written = Hooks.isAutomaticContextPropagationEnabled()
				? Mono.defer(() -> requestCallback.apply(this)).contextWrite(UnaryOperator.identity())
				: requestCallback.apply(this);
		written.subscribe(this);
	}

	// What has written it

	@Override
	public Context currentContext() {
		return this.caller.context();
	}

	@Override
	public void onSubscribe(Subscription writing) {
		if (Operators.validate(this.writing, writing)) {
			this.writing = writing;
			if (this.disposed) {
				writing.cancel();
				return;
			}
			writing.request(Long.MAX_VALUE);
		}
	}

	@Override
	public void onNext(Void nothing) {
		// There is nothing.
	}

	@Override
	public void onError(Throwable error) {
		Throwable told = spent(error);
		EventLoop eventLoop = this.exchange.eventLoop();
		if (eventLoop.inEventLoop()) {
			this.exchange.failed(told);
			return;
		}
		try {
			eventLoop.execute(() -> this.exchange.failed(told));
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and has ended the exchange.
		}
	}

	@Override
	public void onComplete() {
		if (!this.committing) {
			setComplete().subscribe((nothing) -> {
			}, this::onError);
		}
	}

	/**
	 * Write no more of it.
	 */
	@Override
	public void dispose() {
		this.disposed = true;
		Subscription writing = this.writing;
		if (writing != null) {
			writing.cancel();
		}
	}

	private Throwable spent(Throwable error) {
		return (this.redirects != null && !(error instanceof IOException) && !(error instanceof RedirectException))
				? this.redirects.bodySpent(this.exchange.host(), error) : error;
	}

	// What writes it

	@Override
	public HttpMethod getMethod() {
		return this.caller.requestMethod();
	}

	@Override
	public URI getURI() {
		return this.caller.uri();
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
		if (!this.committed) {
			this.caller.complete(this.fields, null);
		}
		return (T) new NativeRequest(this.caller, this.exchange, this);
	}

	/**
	 * Return the headers.
	 * @return the headers, as they are sent in the end
	 */
	io.netty.handler.codec.http.HttpHeaders fields() {
		return this.fields;
	}

	boolean isHeadWritten() {
		return this.committed;
	}

	@Override
	public NettyDataBufferFactory bufferFactory() {
		return Buffers.of(this.exchange.alloc());
	}

	@Override
	public void beforeCommit(Supplier<? extends Mono<Void>> action) {
		List<Supplier<? extends Mono<Void>>> actions = this.before;
		if (actions == null) {
			actions = new ArrayList<>(2);
			this.before = actions;
		}
		actions.add(action);
	}

	@Override
	public boolean isCommitted() {
		return this.committing;
	}

	@Override
	public Mono<Void> setComplete() {
		return commit((head) -> this.exchange.send(head, (ByteBuf) null));
	}

	@Override
	public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
		if (body instanceof Mono<? extends DataBuffer> single) {
			this.whole = single;
			return commit((head) -> new WholeBody(this.exchange, head, single, isWithoutBody()));
		}
		return isWithoutBody() ? setComplete()
				: commit((head) -> this.exchange.send(head, named(RequestBody.of(body))));
	}

	@Override
	public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
		return isWithoutBody() ? setComplete() : commit((head) -> this.exchange.sendGroups(head,
				named(Flux.from(body).map((group) -> named(RequestBody.of(group))))));
	}

	@Override
	public Mono<Void> writeWith(Path file, long position, long count) {
		return isWithoutBody() ? setComplete() : commit((head) -> {
			if (this.exchange.takesFiles()) {
				return this.exchange.sendFile(head, file, position, count);
			}
			if (!this.fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
				this.fields.set(HttpHeaderNames.CONTENT_LENGTH, count);
			}
			Flux<DataBuffer> parts = DataBufferUtils.readAsynchronousFileChannel(
					() -> AsynchronousFileChannel.open(file, StandardOpenOption.READ), position, bufferFactory(),
					FILE_BUFFER);
			return this.exchange.send(head, RequestBody.of(DataBufferUtils.takeUntilByteCount(parts, count)));
		});
	}

	// There may be a buffer already, which nobody else releases.
	private void dropBody() {
		Mono<? extends DataBuffer> body = this.whole;
		if (body != null) {
			body.subscribe(DataBufferUtils::release, (error) -> {
			});
		}
	}

	private boolean isWithoutBody() {
		return this.redirected != null && this.redirected.withoutBody();
	}

	private <T> Flux<T> named(Flux<T> body) {
		return (this.redirects != null) ? body.onErrorMap(this::spent) : body;
	}

	private Mono<Void> commit(Function<HttpRequest, Mono<Void>> content) {
		if (this.committing) {
			return Mono.empty();
		}
		this.committing = true;
		Mono<Void> written = new Writing(this, content);
		List<Supplier<? extends Mono<Void>>> actions = this.before;
		if (actions == null) {
			return written;
		}
		List<Publisher<Void>> steps = new ArrayList<>(actions.size() + 1);
		actions.forEach((action) -> steps.add(Mono.defer(action)));
		steps.add(written);
		return Flux.concat(steps).then();
	}

	private HttpRequest head() {
		if (!this.cookies.isEmpty()) {
			addCookies();
		}
		this.caller.complete(this.fields, this.redirected);
		this.committed = true;
		if (!this.attributes.isEmpty()) {
			this.exchange.attributes(getAttributes());
		}
		this.headers = HttpHeaders.readOnlyHttpHeaders(this.headers);
		return new DefaultHttpRequest(HttpVersion.HTTP_1_1,
				io.netty.handler.codec.http.HttpMethod.valueOf(this.caller.method()), this.caller.resource(),
				this.fields);
	}

	private void addCookies() {
		List<Cookie> all = new ArrayList<>();
		this.cookies.values()
			.forEach((values) -> values
				.forEach((cookie) -> all.add(new DefaultCookie(cookie.getName(), cookie.getValue()))));
		addCookies(all);
	}

	void addCookies(List<Cookie> added) {
		this.fields.add(HttpHeaderNames.COOKIE, ClientCookieEncoder.STRICT.encode(added));
	}

	/**
	 * Writes the head, and the body with it.
	 */
	private static final class Writing extends Mono<Void> {

		private final DirectRequest request;

		private final Function<HttpRequest, Mono<Void>> content;

		Writing(DirectRequest request, Function<HttpRequest, Mono<Void>> content) {
			this.request = request;
			this.content = content;
		}

		@Override
		public void subscribe(CoreSubscriber<? super Void> actual) {
			HttpRequest head;
			try {
				head = this.request.head();
			}
			catch (RuntimeException ex) {
				this.request.dropBody();
				Operators.error(actual, ex);
				return;
			}
			this.content.apply(head).subscribe(actual);
		}

	}

}
