package dev.connpool.connector;

import java.net.URI;
import java.util.function.Function;

import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One request of a {@code WebClient}, sent on subscription.
 */
final class DirectCall extends Mono<ClientHttpResponse> {

	private final DirectConnector connector;

	private final HttpMethod method;

	private final URI uri;

	private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

	DirectCall(DirectConnector connector, HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		this.connector = connector;
		this.method = method;
		this.uri = uri;
		this.requestCallback = requestCallback;
	}

	@Override
	public void subscribe(CoreSubscriber<? super ClientHttpResponse> actual) {
		DirectSubscription subscription;
		try {
			subscription = new DirectSubscription(this, actual);
		}
		catch (IllegalArgumentException ex) {
			Operators.error(actual, ex);
			return;
		}
		actual.onSubscribe(subscription);
	}

	DirectConnector connector() {
		return this.connector;
	}

	HttpMethod method() {
		return this.method;
	}

	URI uri() {
		return this.uri;
	}

	Function<? super ClientHttpRequest, Mono<Void>> requestCallback() {
		return this.requestCallback;
	}

}
