package dev.connpool.connector;

import java.net.URI;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClient.ResponseReceiver;
import reactor.netty.http.client.HttpClientRequest;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One request of a {@code WebClient}, sent on subscription.
 */
final class PooledCall extends Mono<ClientHttpResponse> {

	private final HttpMethod method;

	private final URI uri;

	private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

	private final ResponseReceiver<?> sender;

	PooledCall(HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> requestCallback,
			ResponseReceiver<?> sender) {
		this.method = method;
		this.uri = uri;
		this.requestCallback = requestCallback;
		this.sender = sender;
	}

	@Override
	public void subscribe(CoreSubscriber<? super ClientHttpResponse> actual) {
		this.sender.response().subscribe(new Head(this, actual));
	}

	static Mono<Void> send(HttpClientRequest request, NettyOutbound outbound) {
		PooledCall call = request.currentContextView().get(Head.class).call;
		// A redirect may have made a GET of it, which has no body.
		String method = request.method().name();
		PooledRequest writer = method.equals(call.method.name())
				? new PooledRequest(call.method, call.uri, request, outbound)
				: PooledRequest.withoutBody(HttpMethod.valueOf(method), call.uri, request, outbound);
		return new Written(call.requestCallback.apply(writer), writer::failed);
	}

	/**
	 * Have connections delivered to the head of the call itself, past what Reactor Netty
	 * would do with them.
	 * @param connections the connections
	 * @return the same
	 */
	static Mono<? extends Connection> direct(Mono<? extends Connection> connections) {
		return new Direct(connections);
	}

	/**
	 * Waits for the head of the response.
	 */
	private static final class Head extends Relay<Object, ClientHttpResponse> {

		private final PooledCall call;

		private final Context context;

		private volatile @Nullable PooledResponse response;

		private volatile boolean cancelled;

		Head(PooledCall call, CoreSubscriber<? super ClientHttpResponse> actual) {
			super(actual);
			this.call = call;
			this.context = actual.currentContext().put(Head.class, this);
		}

		@Override
		public Context currentContext() {
			return this.context;
		}

		@Override
		public void onNext(Object connection) {
			PooledResponse received = new PooledResponse((Connection) connection);
			this.response = received;
			if (this.cancelled) {
				received.cancelled(this.call.method);
				return;
			}
			actual().onNext(received);
		}

		@Override
		public void cancel() {
			this.cancelled = true;
			PooledResponse received = this.response;
			if (received != null) {
				received.cancelled(this.call.method);
			}
			super.cancel();
		}

	}

	/**
	 * The source, subscribed to by the head of a call, unless somebody put something
	 * between the two.
	 */
	private static final class Direct extends MonoOperator<Connection, Connection> {

		@SuppressWarnings("unchecked")
		Direct(Mono<? extends Connection> source) {
			super((Mono<Connection>) source);
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			Head head = actual.currentContext().get(Head.class);
			boolean next = Scannable.from(actual).scanUnsafe(Scannable.Attr.ACTUAL) == head;
			this.source.subscribe(next ? head : new Past(head, actual));
		}

	}

	/**
	 * Takes connections past Reactor Netty and everything else past nobody: agents may
	 * have put operators around the call.
	 */
	private static final class Past extends Relay<Connection, Connection> {

		private final Head head;

		Past(Head head, CoreSubscriber<? super Connection> actual) {
			super(actual);
			this.head = head;
		}

		@Override
		public void onNext(Connection connection) {
			this.head.onNext(connection);
		}

	}

}
