package dev.connpool.benchmarks.clients;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.Request;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * A request through a {@link WebClient}. What arrives was a success: every other status
 * is an error there.
 */
public final class WebClientCall implements CoreSubscriber<byte[]> {

	private final Callback callback;

	private byte[] body;

	private WebClientCall(Callback callback) {
		this.callback = callback;
	}

	public static void send(WebClient client, Request request, Callback callback) {
		WebClient.RequestHeadersSpec<?> spec = (request.body() == null) ? client.get().uri(request.path())
				: client.post().uri(request.path()).bodyValue(request.body());
		spec.retrieve().bodyToMono(byte[].class).subscribe(new WebClientCall(callback));
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(byte[] bytes) {
		this.body = bytes;
	}

	@Override
	public void onError(Throwable error) {
		this.callback.failed(error);
	}

	@Override
	public void onComplete() {
		this.callback.ok(200, this.body);
	}

}
