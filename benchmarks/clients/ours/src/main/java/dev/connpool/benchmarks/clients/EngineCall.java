package dev.connpool.benchmarks.clients;

import java.time.Duration;
import java.util.List;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.Request;
import dev.connpool.pool.exchange.DirectCaller;
import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.ResponseBody;
import dev.connpool.pool.host.Host;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A request on the engine itself, without a client of Spring around it.
 */
final class EngineCall implements DirectCaller, CoreSubscriber<ByteBuf> {

	private static final byte[] NOTHING = new byte[0];

	private final Request request;

	private final String authority;

	private final Callback callback;

	private final long startedAt = System.nanoTime();

	private int status;

	private byte[] body = NOTHING;

	private boolean done;

	EngineCall(Request request, String authority, Callback callback) {
		this.request = request;
		this.authority = authority;
		this.callback = callback;
	}

	@Override
	public Context context() {
		return Context.empty();
	}

	@Override
	public String method() {
		return (this.request.body() != null) ? "POST" : "GET";
	}

	@Override
	public boolean acceptsCodings() {
		return false;
	}

	@Override
	public Duration readTimeout(Host host) {
		return null;
	}

	@Override
	public void write(DirectExchange exchange) {
		byte[] content = this.request.body();
		HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1,
				(content != null) ? HttpMethod.POST : HttpMethod.GET, this.request.path());
		head.headers().set(HttpHeaderNames.HOST, this.authority);
		exchange.send(head, (content != null) ? Unpooled.wrappedBuffer(content) : null).subscribe();
	}

	@Override
	public void responseBegins(DirectExchange exchange, HttpResponse head, ResponseBody content) {
		this.status = head.status().code();
		content.subscribe(this);
	}

	@Override
	public void onSubscribe(Subscription subscription) {
		subscription.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(ByteBuf part) {
		int before = this.body.length;
		byte[] longer = new byte[before + part.readableBytes()];
		System.arraycopy(this.body, 0, longer, 0, before);
		part.readBytes(longer, before, part.readableBytes());
		part.release();
		this.body = longer;
	}

	@Override
	public void onError(Throwable error) {
		fail(error);
	}

	@Override
	public void onComplete() {
		this.done = true;
		this.callback.ok(this.status, this.body);
	}

	@Override
	public long startedAt() {
		return this.startedAt;
	}

	@Override
	public List<String> callSite() {
		return List.of();
	}

	@Override
	public void enter(Exchange exchange) {
		// It is not given up.
	}

	@Override
	public boolean isDone() {
		return this.done;
	}

	@Override
	public boolean fail(Throwable error) {
		boolean waited = !this.done;
		this.done = true;
		if (waited) {
			this.callback.failed(error);
		}
		return waited;
	}

}
