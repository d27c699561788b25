package dev.connpool.connector;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import dev.connpool.pool.reactor.ReaderDemand;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.netty.ChannelOperationsId;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.CollectionUtils;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * A response as {@code WebClient} reads it.
 */
final class PooledResponse implements ClientHttpResponse {

	private static final AtomicIntegerFieldUpdater<PooledResponse> STATE = AtomicIntegerFieldUpdater
		.newUpdater(PooledResponse.class, "state");

	private static final int UNREAD = 0;

	private static final int READ = 1;

	private static final int RELEASED = 2;

	private final Connection connection;

	private final HttpClientResponse response;

	private final HttpHeaders headers;

	private volatile int state = UNREAD;

	PooledResponse(Connection connection) {
		this.connection = connection;
		this.response = (HttpClientResponse) connection;
		this.headers = HttpHeaders.readOnlyHttpHeaders(new Netty4HeadersAdapter(this.response.responseHeaders()));
	}

	@Override
	public String getId() {
		return ((ChannelOperationsId) this.response).asShortText();
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return HttpStatusCode.valueOf(this.response.status().code());
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		MultiValueMap<String, ResponseCookie> cookies = new LinkedMultiValueMap<>();
		this.response.cookies()
			.values()
			.forEach((values) -> values
				.forEach((cookie) -> cookies.add(cookie.name(), ResponseCookies.convert(cookie))));
		return CollectionUtils.unmodifiableMultiValueMap(cookies);
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return new Body(this);
	}

	/**
	 * Release a body that was not asked for and now never will be.
	 * @param method the method of the request
	 */
	void cancelled(HttpMethod method) {
		if (!STATE.compareAndSet(this, UNREAD, RELEASED)) {
			return;
		}
		Disposable rest = this.connection.inbound().receive().subscribe((part) -> {
		}, (error) -> {
		});
		if (!mayHaveBody(method)) {
			// The end of a stream may yet be to come.
			rest.dispose();
		}
	}

	private boolean mayHaveBody(HttpMethod method) {
		return mayHaveBody(this.response.status().code(), this.headers, method);
	}

	static boolean mayHaveBody(int code, HttpHeaders headers, HttpMethod method) {
		return !(code < 200 || code == 204 || code == 205 || code == 304 || method.equals(HttpMethod.HEAD)
				|| headers.getContentLength() == 0);
	}

	/**
	 * The body in the buffers of Netty.
	 */
	private static final class Body extends Flux<DataBuffer> {

		private final PooledResponse response;

		Body(PooledResponse response) {
			this.response = response;
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
			if (!STATE.compareAndSet(this.response, UNREAD, READ) && this.response.state == RELEASED) {
				Operators.error(actual,
						new IllegalStateException("The response was released because its caller cancelled"));
				return;
			}
			Connection connection = this.response.connection;
			connection.inbound()
				.receiveObject()
				.subscribe(new Reader(actual, new NettyDataBufferFactory(connection.outbound().alloc()),
						ReaderDemand.of(this.response.response)));
		}

	}

	/**
	 * Turns buffers of Netty into those of Spring. Reactor Netty completes what another
	 * thread cancels, which is kept from whoever collects the parts: they are not the
	 * whole.
	 */
	private static final class Reader extends Relay<Object, DataBuffer> {

		private final NettyDataBufferFactory buffers;

		/** Who is told what is asked for; {@code null} if nobody is. */
		private final @Nullable ReaderDemand demand;

		private volatile boolean cancelled;

		/**
		 * Whether the end was told, which may come twice to who asks for more after it.
		 */
		private boolean done;

		Reader(CoreSubscriber<? super DataBuffer> actual, NettyDataBufferFactory buffers,
				@Nullable ReaderDemand demand) {
			super(actual);
			this.buffers = buffers;
			this.demand = demand;
		}

		@Override
		public void request(long n) {
			if (this.demand != null) {
				this.demand.requested(n);
			}
			super.request(n);
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			super.cancel();
		}

		private boolean isOver() {
			return this.done || this.cancelled;
		}

		@Override
		public void onNext(Object part) {
			if (isOver()) {
				return;
			}
			if (this.demand != null) {
				this.demand.received();
			}
			actual().onNext(this.buffers.wrap(buffer(part)));
		}

		// A decoder of the application may have put anything into the pipeline
		private static ByteBuf buffer(Object part) {
			if (part instanceof byte[] bytes) {
				return Unpooled.wrappedBuffer(bytes);
			}
			ByteBuf buffer = (part instanceof ByteBufHolder holder) ? holder.content() : (ByteBuf) part;
			return buffer.retain();
		}

		@Override
		public void onError(Throwable error) {
			if (!isOver()) {
				this.done = true;
				super.onError(error);
			}
		}

		@Override
		public void onComplete() {
			if (!isOver()) {
				this.done = true;
				super.onComplete();
			}
		}

	}

}
