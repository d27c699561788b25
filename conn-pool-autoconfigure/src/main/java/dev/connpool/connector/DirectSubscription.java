package dev.connpool.connector;

import java.net.URI;

import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.ResponseBody;
import dev.connpool.pool.reactor.DirectScope;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One request of a {@code WebClient} from subscription to the head of its response.
 */
final class DirectSubscription extends DirectScope implements Subscription {

	private final DirectCall call;

	private final CoreSubscriber<? super ClientHttpResponse> actual;

	private final Context context;

	private volatile @Nullable DirectResponse response;

	/**
	 * Create a request.
	 * @param call what is asked for
	 * @param actual who asks
	 */
	DirectSubscription(DirectCall call, CoreSubscriber<? super ClientHttpResponse> actual) {
		super(call.connector().transport(), call.method().name(), call.uri());
		this.call = call;
		this.actual = actual;
		this.context = actual.currentContext();
	}

	// The subscription

	@Override
	public void request(long n) {
		if (Operators.validate(n)) {
			begin();
		}
	}

	@Override
	public void cancel() {
		DirectResponse received = giveUp() ? null : this.response;
		if (received != null) {
			received.cancelled();
		}
	}

	// The caller

	@Override
	public Context context() {
		return this.context;
	}

	DirectConnector connector() {
		return this.call.connector();
	}

	HttpMethod requestMethod() {
		return HttpMethod.valueOf(method());
	}

	/**
	 * Return the URI that the caller asked for.
	 * @return the URI, whatever became of it
	 */
	URI uri() {
		return this.call.uri();
	}

	@Override
	public void write(DirectExchange exchange) {
		DirectRequest request = new DirectRequest(this, exchange, redirects(), redirected(exchange.host()));
		work(request);
		request.write(this.call.requestCallback());
	}

	@Override
	protected void arrived(DirectExchange exchange, HttpResponse head, ResponseBody body) {
		DirectResponse received = new DirectResponse(connector(), exchange, head, body);
		this.response = received;
		if (!answered()) {
			body.discard();
			return;
		}
		try {
			this.actual.onNext(received);
			this.actual.onComplete();
		}
		catch (Throwable ex) {
			// Reactor passes on what it takes for fatal to whoever happens to be here.
			exchange.failed(ex);
			this.actual.onError(exchange.host().errors().failed(ex));
		}
	}

	@Override
	protected void refuse(Throwable error) {
		try {
			this.actual.onError(error);
		}
		catch (Throwable ex) {
			// What a caller throws must not keep the connection from being closed.
			Operators.onErrorDropped(ex, this.context);
		}
	}

}
