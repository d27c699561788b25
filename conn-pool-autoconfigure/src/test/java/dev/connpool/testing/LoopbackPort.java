package dev.connpool.testing;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Chooses a port that is free at all addresses, over TCP and UDP, for several sockets
 * that share its number, for a server that cannot choose one itself, or for nobody.
 */
public final class LoopbackPort {

	// Below what systems give to outgoing connections, which linger in TIME_WAIT
	private static final int FIRST = 10_000;

	private static final int COUNT = 20_000;

	private static final AtomicInteger NEXT = new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

	private LoopbackPort() {
	}

	/** A port that nobody listens at. */
	public static int free() {
		for (int attempt = 0; attempt < COUNT; attempt++) {
			int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), COUNT);
			if (isFree(port)) {
				return port;
			}
		}
		throw new IllegalStateException("No port from %d is free for %d".formatted(FIRST, COUNT));
	}

	private static boolean isFree(int port) {
		try (ServerSocket tcp = new ServerSocket(port); DatagramSocket udp = new DatagramSocket(port)) {
			return tcp.getLocalPort() == udp.getLocalPort();
		}
		catch (IOException ex) {
			return false;
		}
	}

}
