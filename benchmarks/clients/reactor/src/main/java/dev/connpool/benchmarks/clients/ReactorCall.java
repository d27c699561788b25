package dev.connpool.benchmarks.clients;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.Request;
import io.netty.buffer.Unpooled;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.ResponseReceiver;

/**
 * A request through Reactor Netty's {@link HttpClient}.
 */
public final class ReactorCall implements CoreSubscriber<byte[]> {

	private final Callback callback;

	private int status;

	private byte[] body;

	private ReactorCall(Callback callback) {
		this.callback = callback;
	}

	public static void send(HttpClient client, Request request, Callback callback) {
		ReactorCall call = new ReactorCall(callback);
		ResponseReceiver<?> receiver = (request.body() == null) ? client.get().uri(request.path())
				: client.post()
					.uri(request.path())
					.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(request.body())));
		receiver.responseSingle((response, content) -> {
			call.status = response.status().code();
			return content.asByteArray();
		}).subscribe(call);
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
		this.callback.ok(this.status, this.body);
	}

}
