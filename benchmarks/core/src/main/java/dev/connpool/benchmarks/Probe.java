package dev.connpool.benchmarks;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

/**
 * The counters that results are made of.
 */
public final class Probe {

	private static final OperatingSystemMXBean OS = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	/** What procfs counts in: USER_HZ is 100. */
	private static final long TICK = 10_000_000;

	private static final int COLLECTIONS = 4;

	private Probe() {
	}

	/**
	 * Return the CPU time of the process, its compilers and collectors included.
	 * @return the time in nanoseconds
	 */
	public static long cpu() {
		return OS.getProcessCpuTime();
	}

	/**
	 * Return the CPU time of all Java threads, without compilers and collectors.
	 * @return the time in nanoseconds
	 */
	public static long javaCpu() {
		long sum = 0;
		for (long time : THREADS.getThreadCpuTime(THREADS.getAllThreadIds())) {
			sum += Math.max(time, 0);
		}
		return sum;
	}

	/**
	 * Return the CPU time of the compilers, to be left out of the cost of a request.
	 * @return the time in nanoseconds
	 */
	public static long jitCpu() {
		long ticks = 0;
		try (var tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
			for (Path task : tasks) {
				ticks += jitTicks(task);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return ticks * TICK;
	}

	private static long jitTicks(Path task) {
		try {
			String stat = Files.readString(task.resolve("stat"));
			if (stat.contains("(C1 Comp") || stat.contains("(C2 Comp")) {
				String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
				return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
			}
		}
		catch (IOException ex) {
			// The thread has ended meanwhile.
		}
		return 0;
	}

	/**
	 * Return the bytes allocated by the threads that live; clients under test keep
	 * theirs.
	 * @return the number of bytes
	 */
	public static long allocated() {
		long sum = 0;
		for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
			sum += Math.max(bytes, 0);
		}
		return sum;
	}

	/**
	 * Return what is on the heap and in use.
	 * @return the number of bytes
	 */
	public static long heap() throws InterruptedException {
		for (int i = 0; i < COLLECTIONS; i++) {
			System.gc();
			// What has been found unreachable may hold more, until its thread has run.
			TimeUnit.MILLISECONDS.sleep(100);
		}
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * Return the TCP segments that this machine has sent; per request they show how well
	 * writes are batched.
	 * @return the number of segments
	 */
	public static long segments() {
		List<String[]> rows = lines("/proc/net/snmp").stream()
			.filter((line) -> line.startsWith("Tcp:"))
			.map((line) -> line.split(" "))
			.toList();
		return Long.parseLong(rows.get(1)[List.of(rows.get(0)).indexOf("OutSegs")]);
	}

	/**
	 * Return for how long the cores of this machine were busy.
	 * @return the time in nanoseconds
	 */
	public static long machineCpu() {
		String[] fields = lines("/proc/stat").get(0).trim().split("\\s+");
		long ticks = 0;
		for (int i = 1; i <= 8; i++) {
			ticks += (i == 4 || i == 5) ? 0 : Long.parseLong(fields[i]);
		}
		return ticks * TICK;
	}

	/**
	 * Return the connections of this process to a port.
	 * @param port the port
	 * @return how many are established
	 */
	public static int connections(int port) {
		Set<String> own = sockets();
		String remote = ":%04X".formatted(port);
		int count = 0;
		for (String file : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
			for (String line : lines(file)) {
				String[] fields = line.trim().split("\\s+");
				boolean established = fields[2].endsWith(remote) && fields[3].equals("01");
				count += (established && own.contains("socket:[" + fields[9] + "]")) ? 1 : 0;
			}
		}
		return count;
	}

	private static Set<String> sockets() {
		Set<String> own = new HashSet<>();
		try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
			for (Path descriptor : descriptors) {
				if (Files.isSymbolicLink(descriptor)) {
					own.add(Files.readSymbolicLink(descriptor).toString());
				}
			}
		}
		catch (IOException ex) {
			// One of them was closed meanwhile, with those of a client that is.
		}
		return own;
	}

	private static List<String> lines(String file) {
		try {
			return Files.readAllLines(Path.of(file));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the connections that nginx has accepted so far.
	 * @param statusPort where it says so
	 * @return the number of connections, this one left out
	 */
	public static long accepted(int statusPort) {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), statusPort)) {
			socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
			String counts = text.substring(text.indexOf("requests\n") + "requests\n".length()).trim();
			return Long.parseLong(counts.split("\\s+")[0]);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return the connections that served a request.
	 * @param log where nginx has noted them
	 * @param from where to begin in that file
	 * @return the number of connections
	 */
	public static int used(Path log, long from) throws IOException {
		try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
			byte[] bytes = new byte[(int) (file.length() - from)];
			file.seek(from);
			file.readFully(bytes);
			return Set.copyOf(new String(bytes, StandardCharsets.US_ASCII).lines().toList()).size();
		}
	}

}
