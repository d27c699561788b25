package dev.connpool.benchmarks.clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;

/**
 * java.net.http with defaults. It has no pool cap, and no prior-knowledge h2c (only the
 * Upgrade dance).
 */
public final class JdkAdapter implements ClientAdapter {

	private HttpClient client;

	private String base;

	@Override
	public void start(Target target) {
		this.base = target.baseUri();
		this.client = HttpClient.newBuilder()
			.version(target.protocol().http2() ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
			.build();
	}

	@Override
	public void send(Request request, Callback callback) {
		HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(this.base + request.path()));
		if (request.body() != null) {
			builder.POST(HttpRequest.BodyPublishers.ofByteArray(request.body()));
		}
		this.client.sendAsync(builder.build(), BodyHandlers.ofByteArray()).whenComplete((response, error) -> {
			if (error != null) {
				callback.failed(error);
			}
			else {
				callback.ok(response.statusCode(), response.body());
			}
		});
	}

	@Override
	public void close() throws Exception {
		if (this.client instanceof AutoCloseable closeable) { // JDK 21+
			closeable.close();
		}
		this.client = null;
	}

}
