package dev.connpool.autoconfigure;

import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;

/**
 * A client that tells when an operator is applied to it. Nothing is sent with it.
 */
final class ProbedClient extends HttpClient {

	private final HttpClient client;

	private final Runnable changed;

	ProbedClient(HttpClient client, Runnable changed) {
		this.client = client;
		this.changed = changed;
	}

	@Override
	public HttpClientConfig configuration() {
		return this.client.configuration();
	}

	@Override
	protected HttpClient duplicate() {
		this.changed.run();
		return new ProbedClient(this.client.headers((headers) -> {
		}), this.changed);
	}

}
