package dev.connpool.benchmarks.clients;

import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import org.eclipse.jetty.client.BufferingResponseListener;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpClientTransport;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.HttpClientTransportOverHTTP2;
import org.eclipse.jetty.io.ClientConnector;

/**
 * Jetty's client; the pool cap applies to HTTP/1.1 only, HTTP/2 keeps the default of 64
 * connections.
 */
public final class JettyAdapter implements ClientAdapter {

	private HttpClient client;

	private String base;

	@Override
	public void start(Target target) throws Exception {
		this.base = target.baseUri();
		ClientConnector connector = new ClientConnector();
		HttpClientTransport transport = target.protocol().http2()
				? new HttpClientTransportOverHTTP2(new HTTP2Client(connector))
				: new HttpClientTransportOverHTTP(connector);
		this.client = new HttpClient(transport);
		this.client.setMaxRequestsQueuedPerDestination(4096);
		if (!target.protocol().http2()) {
			this.client.setMaxConnectionsPerDestination(target.maxConnections());
		}
		this.client.start();
	}

	@Override
	public void send(Request request, Callback callback) {
		org.eclipse.jetty.client.Request message = this.client.newRequest(this.base + request.path());
		if (request.body() != null) {
			message.method("POST").body(new BytesRequestContent(request.body()));
		}
		message.send(new BufferingResponseListener(16 << 20) {
			@Override
			public void onComplete(Result result) {
				if (result.isFailed()) {
					callback.failed(result.getFailure());
				}
				else {
					callback.ok(result.getResponse().getStatus(), getContent());
				}
			}
		});
	}

	@Override
	public void close() throws Exception {
		this.client.stop();
	}

}
