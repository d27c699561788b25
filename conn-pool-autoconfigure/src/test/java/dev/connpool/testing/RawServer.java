package dev.connpool.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/**
 * A server that follows a script, byte by byte, for what no proper server would do. When
 * the script is over, the connection stays open until the client closes it.
 */
public final class RawServer implements ObservedServer {

	private final ServerSocket socket;

	private final String scheme;

	private final Script script;

	private final @Nullable Tls tls;

	private final ConnectionCount connections = new ConnectionCount();

	private final Set<RawConnection> open = ConcurrentHashMap.newKeySet();

	private RawServer(ServerSocket socket, String scheme, Script script, @Nullable Tls tls) {
		this.socket = socket;
		this.scheme = scheme;
		this.script = script;
		this.tls = tls;
	}

	/** Follow a script over cleartext. */
	public static RawServer start(Network network, Script script) {
		return start(network, "http", script);
	}

	/** Accept connections and never send a byte. */
	public static RawServer silent(Network network, String scheme) {
		return start(network, scheme, (connection) -> {
		});
	}

	/** Accept connections and close them at once. */
	public static RawServer closing(Network network, String scheme) {
		return start(network, scheme, RawConnection::close);
	}

	/** Answer every request with the same bytes. */
	public static RawServer answering(Network network, String response) {
		return start(network, (connection) -> {
			while (connection.readHead() != null) {
				connection.write(response);
			}
		});
	}

	/** Follow a script over TLS, offering the given protocols by ALPN. */
	public static RawServer tls(Network network, Script script, String... protocols) {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(TestCertificate.LOOPBACK.keyManagers().getKeyManagers(), null, null);
			return start(network, "https", script, new Tls(context, List.of(protocols)));
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static RawServer start(Network network, String scheme, Script script) {
		return start(network, scheme, script, null);
	}

	private static RawServer start(Network network, String scheme, Script script, @Nullable Tls tls) {
		try {
			ServerSocket socket = new ServerSocket(0, 100, InetAddress.getByName(HOST));
			return network.add(new RawServer(socket, scheme, script, tls).listen());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private RawServer listen() {
		background("raw-server", () -> {
			while (true) {
				Socket accepted = this.socket.accept();
				// What is written is sent before the script goes on.
				accepted.setTcpNoDelay(true);
				this.connections.opened();
				Socket secured = (this.tls != null) ? this.tls.over(accepted) : accepted;
				background("raw-connection", () -> serve(new RawConnection(accepted, secured)));
			}
		});
		return this;
	}

	private void serve(RawConnection connection) throws Exception {
		this.open.add(connection);
		try (connection) {
			this.script.run(connection);
			connection.awaitClose();
		}
		finally {
			this.open.remove(connection);
			this.connections.closed();
		}
	}

	private static void background(String name, Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (Exception ex) {
				// The other end went away, which is for the test to notice.
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	@Override
	public String scheme() {
		return this.scheme;
	}

	@Override
	public int port() {
		return this.socket.getLocalPort();
	}

	@Override
	public ConnectionCount connections() {
		return this.connections;
	}

	@Override
	public void close() {
		try {
			this.socket.close();
			for (RawConnection connection : this.open) {
				connection.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What happens on each connection.
	 */
	@FunctionalInterface
	public interface Script {

		void run(RawConnection connection) throws Exception;

	}

	/**
	 * How a server secures what it accepts.
	 */
	private record Tls(SSLContext context, List<String> protocols) {

		Socket over(Socket accepted) throws IOException {
			SSLSocket socket = (SSLSocket) this.context.getSocketFactory().createSocket(accepted, null, true);
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setApplicationProtocols(this.protocols.toArray(String[]::new));
			socket.setSSLParameters(parameters);
			return socket;
		}

	}

	@FunctionalInterface
	private interface Task {

		void run() throws Exception;

	}

}
