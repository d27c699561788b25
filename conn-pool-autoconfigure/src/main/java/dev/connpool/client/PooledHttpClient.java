package dev.connpool.client;

import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * One named client: its settings, its pool, and Reactor Netty's {@link HttpClient} on it.
 * Safe for use by many threads. Creating one opens no socket.
 */
public final class PooledHttpClient {

	public PooledHttpClient(String name, ClientSettings settings, TlsMaterial tls, LoopResources loops) {
		throw new UnsupportedOperationException();
	}

	public String name() {
		throw new UnsupportedOperationException();
	}

	public ClientSettings settings() {
		throw new UnsupportedOperationException();
	}

	/** The client. */
	public HttpClient httpClient() {
		throw new UnsupportedOperationException();
	}

	/** The same client with other TLS material; shares limits, not connections. */
	public HttpClient httpClient(TlsMaterial tls) {
		throw new UnsupportedOperationException();
	}

	public ClientSnapshot snapshot() {
		throw new UnsupportedOperationException();
	}

	/** Close every idle connection. */
	public void closeIdle() {
		throw new UnsupportedOperationException();
	}

	/** Stop new use of a host's connections, let exchanges finish, then close them. */
	public void drain(String host) {
		throw new UnsupportedOperationException();
	}

	/** Refuse new exchanges, close idle connections, complete when all exchanges ended. */
	public Mono<Void> shutdown() {
		throw new UnsupportedOperationException();
	}

	/** Close everything now. */
	public void close() {
		throw new UnsupportedOperationException();
	}

}
