package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.connpool.benchmarks.Protocol;

/**
 * Where the servers listen on the loopback address.
 */
final class Ports {

	private final Map<String, Integer> ports = new HashMap<>();

	private final int status;

	private Ports(List<Integer> free) {
		int next = 0;
		for (Server server : Server.values()) {
			for (Protocol protocol : server.protocols()) {
				this.ports.put(key(server, protocol), free.get(next++));
			}
		}
		this.status = free.get(next);
	}

	/**
	 * Choose the ports.
	 * @param first the first of them, or 0 for any that are free
	 * @return the ports
	 */
	static Ports choose(int first) {
		List<ServerSocket> sockets = new ArrayList<>();
		try {
			int count = 1;
			for (Server server : Server.values()) {
				count += server.protocols().size();
			}
			List<Integer> free = new ArrayList<>();
			for (int i = 0; i < count; i++) {
				sockets.add(bind((first > 0) ? first + i : 0));
				free.add(sockets.get(i).getLocalPort());
			}
			return new Ports(free);
		}
		finally {
			sockets.forEach(Ports::close);
		}
	}

	private static ServerSocket bind(int port) {
		try {
			return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new StoppedException("Port %d cannot be used: %s. Leave --port out to have free ones chosen"
				.formatted(port, ex.getMessage()));
		}
	}

	private static void close(ServerSocket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String key(Server server, Protocol protocol) {
		return server.id() + " " + protocol;
	}

	int of(Server server, Protocol protocol) {
		Integer port = this.ports.get(key(server, protocol));
		if (port == null) {
			throw new StoppedException("%s does not speak %s here".formatted(server.id(), protocol));
		}
		return port;
	}

	int status() {
		return this.status;
	}

}
