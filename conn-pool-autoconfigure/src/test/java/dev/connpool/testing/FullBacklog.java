package dev.connpool.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
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
		try {
			this.socket = new ServerSocket(0, 1, InetAddress.getByName(ObservedServer.HOST));
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
			next.connect(new InetSocketAddress(ObservedServer.HOST, this.socket.getLocalPort()), PATIENCE_MILLIS);
			return true;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
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
