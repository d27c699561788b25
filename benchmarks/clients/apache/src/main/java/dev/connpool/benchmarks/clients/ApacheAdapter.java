package dev.connpool.benchmarks.clients;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import org.apache.hc.client5.http.async.methods.SimpleHttpRequest;
import org.apache.hc.client5.http.async.methods.SimpleHttpResponse;
import org.apache.hc.client5.http.async.methods.SimpleRequestBuilder;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.async.CloseableHttpAsyncClient;
import org.apache.hc.client5.http.impl.async.HttpAsyncClients;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http2.HttpVersionPolicy;

/**
 * Apache HttpClient 5 async. HTTP/2 uses the dedicated multiplexing client; option pooled
 * uses the pooling manager with message multiplexing instead.
 */
public final class ApacheAdapter implements ClientAdapter {

	private CloseableHttpAsyncClient client;

	private String base;

	@Override
	public void start(Target target) {
		this.base = target.baseUri();
		if (target.protocol().http2() && !target.option("pooled")) {
			this.client = HttpAsyncClients.customHttp2().disableAutomaticRetries().build();
		}
		else {
			HttpVersionPolicy policy = switch (target.protocol()) {
				case H1, H1S -> HttpVersionPolicy.FORCE_HTTP_1;
				case H2 -> HttpVersionPolicy.NEGOTIATE;
				case H2C -> HttpVersionPolicy.FORCE_HTTP_2;
			};
			this.client = HttpAsyncClients.custom()
				.disableAutomaticRetries()
				.setConnectionManager(PoolingAsyncClientConnectionManagerBuilder.create()
					.setMaxConnTotal(target.maxConnections())
					.setMaxConnPerRoute(target.maxConnections())
					.setMessageMultiplexing(target.protocol().http2())
					.setDefaultTlsConfig(TlsConfig.custom().setVersionPolicy(policy).build())
					.build())
				.build();
		}
		this.client.start();
	}

	@Override
	public void send(Request request, Callback callback) {
		String uri = this.base + request.path();
		SimpleHttpRequest message = (request.body() == null) ? SimpleRequestBuilder.get(uri).build()
				: SimpleRequestBuilder.post(uri).setBody(request.body(), ContentType.APPLICATION_OCTET_STREAM).build();
		this.client.execute(message, new FutureCallback<SimpleHttpResponse>() {
			@Override
			public void completed(SimpleHttpResponse response) {
				callback.ok(response.getCode(), response.getBodyBytes());
			}

			@Override
			public void failed(Exception error) {
				callback.failed(error);
			}

			@Override
			public void cancelled() {
				callback.failed(new IllegalStateException("cancelled"));
			}
		});
	}

	@Override
	public void close() throws Exception {
		this.client.close();
	}

}
