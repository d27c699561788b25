package dev.connpool.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;

/**
 * A TCP black hole on loopback: its backlog is full, so that nobody else gets connected.
 */
public final class FullBacklog implements AutoCloseable {

	private static final int MOST = 64;

	private static final int PATIENCE_MILLIS = 200;

	private final ServerSocket socket;

	private final List<Socket> waiting = new ArrayList<>();

	public FullBacklog() {
		this(ObservedServer.HOST, LoopbackPort.free());
	}

	/** At a loopback address and a port. */
	public FullBacklog(String address, int port) {
		try {
			this.socket = new ServerSocket(port, 1, InetAddress.getByName(address));
			while (connects()) {
				if (this.waiting.size() > MOST) {
					throw new IllegalStateException("The backlog does not fill");
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean connects() throws IOException {
		Socket next = new Socket();
		this.waiting.add(next);
		try {
			next.connect(this.socket.getLocalSocketAddress(), PATIENCE_MILLIS);
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
	}

	public int port() {
		return this.socket.getLocalPort();
	}

	public String url(String path) {
		return "http://%s:%d%s".formatted(ObservedServer.HOST, this.socket.getLocalPort(), path);
	}

	@Override
	public void close() {
		try {
			for (Socket each : this.waiting) {
				each.close();
			}
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
