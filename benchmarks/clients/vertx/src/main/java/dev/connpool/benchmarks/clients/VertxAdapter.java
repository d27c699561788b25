package dev.connpool.benchmarks.clients;

import java.util.concurrent.TimeUnit;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;

/**
 * Vert.x core client on native epoll like Reactor Netty; HTTP/2 keeps its default of one
 * connection.
 */
public final class VertxAdapter implements ClientAdapter {

	private Vertx vertx;

	private HttpClient client;

	@Override
	public void start(Target target) {
		this.vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
		HttpClientOptions options = new HttpClientOptions().setDefaultHost(Target.HOST)
			.setDefaultPort(target.port())
			.setSsl(target.protocol().tls())
			.setProtocolVersion(target.protocol().http2() ? HttpVersion.HTTP_2 : HttpVersion.HTTP_1_1)
			.setUseAlpn(target.protocol().tls() && target.protocol().http2())
			.setHttp2ClearTextUpgrade(false);
		PoolOptions pool = new PoolOptions().setHttp1MaxSize(target.maxConnections()).setMaxWaitQueueSize(-1);
		this.client = this.vertx.createHttpClient(options, pool);
	}

	@Override
	public void send(Request request, Callback callback) {
		Future<Buffer> body = this.client
			.request((request.body() == null) ? HttpMethod.GET : HttpMethod.POST, request.path())
			.compose((message) -> (request.body() == null) ? message.send()
					: message.send(Buffer.buffer(request.body())))
			.compose((response) -> (response.statusCode() == 200) ? response.body()
					: Future.failedFuture("status " + response.statusCode()));
		body.onComplete((buffer) -> callback.ok(200, buffer.getBytes()), callback::failed);
	}

	@Override
	public void close() throws Exception {
		this.client.close();
		this.vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
	}

}
