package dev.connpool.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A process with one client, which measures on command. Its arguments are the adapter,
 * its options or "-", the protocol, the port, the status port of nginx and the file where
 * nginx notes connections. Commands, one on a line: <pre>
 * steady path in-flight warm-up measure       CPU seconds each
 * burst size connections warm-up              on a fresh client
 * download path                               one, whole, on a client that stays
 * start connections                           a client, without a request
 * idle connections                            on the client that was started
 * </pre> CPU seconds, so that a busy machine makes it slow instead of wrong; five times
 * as many seconds of wall clock end it in any case. What is measured with as many
 * requests in flight shares one client.
 */
public final class Worker {

	private static final int PATIENCE_SECONDS = 20;

	private static final int MORE_BURSTS = 10;

	/** A window of 64 KiB takes 8 s for 10 MiB at 50 ms, and longer on a busy machine. */
	private static final int DOWNLOAD_SECONDS = 60;

	private final String adapter;

	private final String options;

	private final Protocol protocol;

	private final int port;

	private final int statusPort;

	private final Path connectionLog;

	private final Map<Integer, ClientAdapter> clients = new HashMap<>();

	private Worker(String... arguments) {
		this.adapter = arguments[0];
		this.options = arguments[1];
		this.protocol = Protocol.valueOf(arguments[2]);
		this.port = Integer.parseInt(arguments[3]);
		this.statusPort = Integer.parseInt(arguments[4]);
		this.connectionLog = Path.of(arguments[5]);
	}

	public static void main(String[] arguments) throws Exception {
		Worker worker = new Worker(arguments);
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
		for (String line = commands.readLine(); line != null; line = commands.readLine()) {
			System.out.println(worker.run(line.split(" ")).line());
			System.out.flush();
		}
		System.exit(0);
	}

	private Row run(String... command) throws Exception {
		return switch (command[0]) {
			case "burst" ->
				burst(Integer.parseInt(command[1]), Integer.parseInt(command[2]), Double.parseDouble(command[3]));
			case "download" -> download(command[1]);
			case "start" -> start(Integer.parseInt(command[1]));
			case "idle" -> idle(Integer.parseInt(command[1]));
			default -> steady(command[1], Integer.parseInt(command[2]), Double.parseDouble(command[3]),
					Double.parseDouble(command[4]));
		};
	}

	private ClientAdapter client(int maxConnections) throws Exception {
		ClientAdapter client = this.clients.get(maxConnections);
		if (client == null) {
			client = open(maxConnections);
			this.clients.put(maxConnections, client);
		}
		return client;
	}

	private ClientAdapter open(int maxConnections) throws Exception {
		ClientAdapter client = (ClientAdapter) Class.forName(this.adapter).getDeclaredConstructor().newInstance();
		client.start(new Target(this.protocol, this.port, maxConnections, this.options));
		return client;
	}

	private Row steady(String path, int inFlight, double warmUp, double measure) throws Exception {
		Load load = new Load(client(inFlight), Request.to(path), inFlight, 0);
		load.start();
		burn(warmUp);
		Row row = window(load, measure);
		row.with("connections", Probe.connections(this.port));
		boolean ended = load.stop(PATIENCE_SECONDS);
		return row.with("unfinished", ended ? 0 : load.unfinished());
	}

	private static void burn(double cpuSeconds) throws InterruptedException {
		long cpuEnd = Probe.cpu() + (long) (cpuSeconds * 1e9);
		long wallEnd = System.nanoTime() + (long) (cpuSeconds * 5e9);
		while (Probe.cpu() < cpuEnd && System.nanoTime() < wallEnd) {
			TimeUnit.MILLISECONDS.sleep(20);
		}
	}

	private static Row window(Load load, double cpuSeconds) throws InterruptedException {
		load.takeLatencies();
		long failed = load.failed();
		long segments = Probe.segments();
		long machine = Probe.machineCpu();
		long allocated = Probe.allocated();
		long jit = Probe.jitCpu();
		long cpu = Probe.cpu();
		long time = System.nanoTime();
		long completed = load.completed();
		burn(cpuSeconds);
		completed = load.completed() - completed;
		time = System.nanoTime() - time;
		cpu = Probe.cpu() - cpu;
		jit = Probe.jitCpu() - jit;
		allocated = Probe.allocated() - allocated;
		double count = Math.max(completed, 1);
		Histogram latencies = load.takeLatencies();
		return new Row().with("requests", completed)
			.with("cpu_us", (cpu - jit) / 1e3 / count)
			.with("bytes", allocated / count)
			.with("rps", completed / (time / 1e9))
			.with("p50_us", latencies.micros(0.5))
			.with("p99_us", latencies.micros(0.99))
			.with("segments", (Probe.segments() - segments) / count)
			.with("jit_share", (double) jit / cpu)
			.with("other_cores", (Probe.machineCpu() - machine - cpu) / (double) time)
			.with("failed", load.failed() - failed)
			.with("errors", load.errors());
	}

	private Row burst(int size, int maxConnections, double warmUp) throws Exception {
		if (warmUp > 0) {
			warmUp(warmUp);
		}
		long log = Files.size(this.connectionLog);
		ClientAdapter client = open(maxConnections);
		Load load = new Load(client, Request.to("/delay"), size, 1);
		long accepted = Probe.accepted(this.statusPort);
		long cpu = Probe.cpu();
		long time = System.nanoTime();
		load.start();
		boolean ended = load.await(PATIENCE_SECONDS);
		time = System.nanoTime() - time;
		cpu = Probe.cpu() - cpu;
		// Connections may still be under way that no request waits for any more.
		TimeUnit.MILLISECONDS.sleep(200);
		// The second look is a connection too.
		accepted = Probe.accepted(this.statusPort) - accepted - 1;
		Row row = new Row().with("ms", time / 1e6)
			.with("cpu_ms", cpu / 1e6)
			.with("opened", accepted)
			.with("used", used(log))
			.with("completed", load.completed())
			.with("failed", load.failed())
			.with("unfinished", ended ? 0 : load.unfinished())
			.with("errors", load.errors());
		client.close();
		return row;
	}

	private Row download(String path) throws Exception {
		Load load = new Load(client(1), Request.to(path), 1, 1);
		long time = System.nanoTime();
		load.start();
		boolean ended = load.await(DOWNLOAD_SECONDS);
		return new Row().with("ms", (System.nanoTime() - time) / 1e6)
			.with("failed", load.failed())
			.with("unfinished", ended ? 0 : 1)
			.with("errors", load.errors());
	}

	private Row start(int maxConnections) throws Exception {
		long cpu = Probe.cpu();
		long time = System.nanoTime();
		ClientAdapter client = client(maxConnections);
		Row row = new Row().with("ms", (System.nanoTime() - time) / 1e6).with("cpu_ms", (Probe.cpu() - cpu) / 1e6);
		Load load = new Load(client, Request.to("/small"), 1, 1);
		load.start();
		load.await(PATIENCE_SECONDS);
		return row.with("answered_ms", (System.nanoTime() - time) / 1e6)
			.with("unanswered", load.failed() + load.unfinished());
	}

	private Row idle(int connections) throws Exception {
		// What the first request loads is not of its connection.
		burst(client(connections), 1);
		long first = Probe.connections(this.port);
		long heap = Probe.heap();
		Load load = burst(client(connections), connections);
		// The first of them are done before the last ones are sent by a client that is
		// cold.
		for (int i = 0; i < MORE_BURSTS && Probe.connections(this.port) < connections; i++) {
			load = burst(client(connections), connections);
		}
		heap = Probe.heap() - heap;
		long more = Probe.connections(this.port) - first;
		return new Row().with("connections", more)
			.with("heap_bytes", (double) heap / Math.max(more, 1))
			.with("failed", load.failed() + load.unfinished());
	}

	private static Load burst(ClientAdapter client, int size) throws Exception {
		Load load = new Load(client, Request.to("/delay"), size, 1);
		load.start();
		load.await(PATIENCE_SECONDS);
		return load;
	}

	private int used(long from) throws IOException {
		return Probe.used(this.connectionLog, from);
	}

	private void warmUp(double cpuSeconds) throws Exception {
		ClientAdapter client = open(64);
		Load load = new Load(client, Request.to("/small"), 64, 0);
		load.start();
		burn(cpuSeconds);
		load.stop(PATIENCE_SECONDS);
		client.close();
	}

}
