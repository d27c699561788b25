package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Forwards connections from one port to another with a round trip of 50 ms and as much
 * bandwidth as there is, so that what waits for a window is seen to wait.
 */
public final class LongPipe {

	private static final long ONE_WAY = TimeUnit.MILLISECONDS.toNanos(25);

	private static final int CHUNK = 64 * 1024;

	private final InputStream from;

	private final OutputStream to;

	private final BlockingQueue<Chunk> onTheWay = new LinkedBlockingQueue<>();

	private LongPipe(Socket from, Socket to) throws IOException {
		this.from = from.getInputStream();
		this.to = to.getOutputStream();
		start(this::read);
		start(this::write);
	}

	public static void main(String[] arguments) throws IOException {
		InetAddress loopback = InetAddress.getLoopbackAddress();
		try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 1024, loopback)) {
			while (true) {
				Socket near = server.accept();
				Socket far = new Socket(loopback, Integer.parseInt(arguments[1]));
				near.setTcpNoDelay(true);
				far.setTcpNoDelay(true);
				new LongPipe(near, far);
				new LongPipe(far, near);
			}
		}
	}

	private static void start(Step step) {
		Thread thread = new Thread(() -> {
			try {
				step.run();
			}
			catch (IOException | InterruptedException ex) {
				// One end has closed; the other is told by the chunk that is empty.
			}
		});
		thread.setDaemon(true);
		thread.start();
	}

	private void read() throws IOException {
		try {
			byte[] buffer = new byte[CHUNK];
			for (int length = this.from.read(buffer); length > 0; length = this.from.read(buffer)) {
				this.onTheWay.add(new Chunk(Arrays.copyOf(buffer, length), System.nanoTime() + ONE_WAY));
			}
		}
		finally {
			this.onTheWay.add(new Chunk(new byte[0], System.nanoTime() + ONE_WAY));
		}
	}

	private void write() throws IOException, InterruptedException {
		try (OutputStream out = this.to) {
			for (Chunk chunk = this.onTheWay.take(); chunk.bytes().length > 0; chunk = this.onTheWay.take()) {
				TimeUnit.NANOSECONDS.sleep(chunk.due() - System.nanoTime());
				out.write(chunk.bytes());
			}
		}
	}

	private interface Step {

		void run() throws IOException, InterruptedException;

	}

	private record Chunk(byte[] bytes, long due) {
	}

}
