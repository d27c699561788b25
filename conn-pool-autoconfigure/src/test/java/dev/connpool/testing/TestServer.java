package dev.connpool.testing;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.netty.channel.Channel;
import reactor.netty.DisposableServer;

/**
 * A real HTTP server that keeps account of what reaches it.
 */
public final class TestServer implements ObservedServer {

	private final DisposableServer server;

	private final String scheme;

	private final Traffic traffic;

	TestServer(DisposableServer server, String scheme, Traffic traffic) {
		this.server = server;
		this.scheme = scheme;
		this.traffic = traffic;
	}

	/** HTTP/1.1 over cleartext. */
	public static TestServerBuilder h1() {
		return new TestServerBuilder(Wire.H1);
	}

	/** HTTP/1.1 over TLS, without ALPN. */
	public static TestServerBuilder h1Tls() {
		return new TestServerBuilder(Wire.H1_TLS);
	}

	/** HTTP/2 or HTTP/1.1 over TLS, by ALPN. */
	public static TestServerBuilder h2() {
		return new TestServerBuilder(Wire.H2);
	}

	/** HTTP/2 over cleartext, with prior knowledge. */
	public static TestServerBuilder h2c() {
		return new TestServerBuilder(Wire.H2C);
	}

	@Override
	public String scheme() {
		return this.scheme;
	}

	@Override
	public int port() {
		return this.server.port();
	}

	@Override
	public ConnectionCount connections() {
		return this.traffic.connections;
	}

	/** Every request that arrived, in order. */
	public List<Arrival> arrivals() {
		return List.copyOf(this.traffic.arrivals);
	}

	/** How many requests to a path arrived. */
	public int requests(String path) {
		return this.traffic.requests.getOrDefault(path, 0);
	}

	/** How many requests to a path the client broke off before they were answered. */
	public int cancelled(String path) {
		return Collections.frequency(this.traffic.cancelled, path);
	}

	/** The protocols that were spoken, by ALPN id. */
	public Set<String> protocols() {
		return Set.copyOf(this.traffic.arrivals.stream().map(Arrival::protocol).toList());
	}

	/** Close every connection from this side. */
	public void closeConnections() {
		this.traffic.open.forEach(Channel::close);
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(5));
	}

	/**
	 * One request as it arrived.
	 *
	 * @param uri the path and query
	 * @param protocol the ALPN id of the protocol it came by
	 * @param connection the TCP connection it came on
	 */
	public record Arrival(String uri, String protocol, String connection) {

		public String path() {
			return this.uri.replaceAll("\\?.*", "");
		}

	}

	static final class Traffic {

		final ConnectionCount connections = new ConnectionCount();

		final Set<Channel> open = ConcurrentHashMap.newKeySet();

		final List<Arrival> arrivals = new CopyOnWriteArrayList<>();

		final Map<String, Integer> requests = new ConcurrentHashMap<>();

		final List<String> cancelled = new CopyOnWriteArrayList<>();

		void arrived(Arrival arrival) {
			this.arrivals.add(arrival);
			this.requests.merge(arrival.path(), 1, Integer::sum);
		}

		void opened(Channel channel) {
			this.connections.opened();
			this.open.add(channel);
			channel.closeFuture().addListener((closed) -> {
				this.open.remove(channel);
				this.connections.closed();
			});
		}

	}

}
