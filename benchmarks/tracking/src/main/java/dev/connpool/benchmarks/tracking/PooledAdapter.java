package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import dev.connpool.benchmarks.clients.ReactorCall;
import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.metrics.ConnPoolMetrics;
import dev.connpool.metrics.MeteredClient;
import dev.connpool.settings.ClientSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;

/**
 * The client without Spring, on the default settings; with the option {@code metered} it
 * has meters.
 */
public final class PooledAdapter implements ClientAdapter {

	private PooledHttpClient client;

	private HttpClient httpClient;

	@Override
	public void start(Target target) {
		ClientSettings settings = ClientSettings.DEFAULTS;
		ConnPoolMetrics metrics = new ConnPoolMetrics(
				() -> Stream.of(new MeteredClient(this.client.name(), () -> settings, this.client::snapshot)));
		ConnectionListeners listeners = target.option("metered") ? new ConnectionListeners(List.of(metrics))
				: ConnectionListeners.NONE;
		this.client = new PooledHttpClient("default", settings, TlsMaterial.DEFAULT, HttpResources.get(), listeners);
		if (target.option("metered")) {
			metrics.bindTo(new SimpleMeterRegistry());
		}
		this.httpClient = this.client.httpClient().baseUrl(target.baseUri());
	}

	@Override
	public void send(Request request, Callback callback) {
		ReactorCall.send(this.httpClient, request, callback);
	}

	@Override
	public void close() {
		this.client.close();
	}

}
