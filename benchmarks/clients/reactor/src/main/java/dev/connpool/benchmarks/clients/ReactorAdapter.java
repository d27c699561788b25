package dev.connpool.benchmarks.clients;

import java.time.Duration;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/**
 * Reactor Netty as it comes, with a pool of 500. With the option {@code strict} its
 * HTTP/2 pool opens no connection while another has a stream left.
 */
public final class ReactorAdapter implements ClientAdapter {

	private ConnectionProvider provider;

	private HttpClient client;

	@Override
	public void start(Target target) {
		ConnectionProvider.Builder pool = ConnectionProvider.builder("bench").maxConnections(500);
		if (target.option("strict")) {
			pool.maxConnections(4)
				.pendingAcquireMaxCount(10_000)
				.allocationStrategy(
						Http2AllocationStrategy.builder().maxConnections(4).strictConnectionReuse(true).build());
		}
		this.provider = pool.build();
		this.client = HttpClient.create(this.provider).baseUrl(target.baseUri()).protocol(switch (target.protocol()) {
			case H1, H1S -> new HttpProtocol[] { HttpProtocol.HTTP11 };
			case H2 -> new HttpProtocol[] { HttpProtocol.H2, HttpProtocol.HTTP11 };
			case H2C -> new HttpProtocol[] { HttpProtocol.H2C };
		});
	}

	@Override
	public void send(Request request, Callback callback) {
		ReactorCall.send(this.client, request, callback);
	}

	@Override
	public void close() {
		this.provider.disposeLater().block(Duration.ofSeconds(5));
	}

}
