package dev.connpool.benchmarks.tracking;

import java.util.concurrent.TimeUnit;

import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Load;
import dev.connpool.benchmarks.Probe;
import dev.connpool.benchmarks.Protocol;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Row;
import dev.connpool.benchmarks.Target;

/**
 * Measures two variants of the client in turn, in one process, so that both share
 * everything else: Reactor Netty and Netty with their compiled code, event loops, heap.
 * The arguments are the variants, the protocol, the port, the rounds, the CPU seconds of
 * the warm-up and those of a window.
 */
public final class TrackingCost {

	private static final int IN_FLIGHT = 64;

	private static final double SETTLE_SECONDS = 0.15;

	private static final double JIT_IS_QUIET = 0.03;

	/** In turns from the beginning, so that shared code is compiled for both. */
	private static final int WARM_UP_TURNS = 3;

	private static final int LONGEST_WARM_UP = 6;

	private static final int PATIENCE_SECONDS = 20;

	private final Protocol protocol;

	private final ClientAdapter first;

	private final ClientAdapter second;

	private TrackingCost(String... arguments) throws Exception {
		this.protocol = Protocol.valueOf(arguments[2]);
		int port = Integer.parseInt(arguments[3]);
		this.first = open(Variant.valueOf(arguments[0]), port);
		this.second = open(Variant.valueOf(arguments[1]), port);
	}

	private ClientAdapter open(Variant variant, int port) throws Exception {
		ClientAdapter adapter = variant.load();
		adapter.start(new Target(this.protocol, port, IN_FLIGHT, variant.options()));
		return adapter;
	}

	public static void main(String[] arguments) throws Exception {
		if (arguments.length == 0) {
			Rewriter.rewrite(TrackingCost.class.getClassLoader(), Safeguards.WITH_TRACKING);
			Tracking.ALL.forEach(System.out::println);
			System.out.println("with deadlines and replay, also:");
			Safeguards.ALL.forEach(System.out::println);
			return;
		}
		TrackingCost cost = new TrackingCost(arguments);
		double window = Double.parseDouble(arguments[6]);
		cost.warmUp(Double.parseDouble(arguments[5]), window);
		int rounds = Integer.parseInt(arguments[4]);
		for (int round = 0; round < rounds; round++) {
			// Alternately, as what comes second may profit from what came first.
			boolean firstFirst = round % 2 == 0;
			Row one = measure(firstFirst ? cost.first : cost.second, window);
			Row other = measure(firstFirst ? cost.second : cost.first, window);
			print(round, firstFirst ? one : other, firstFirst ? other : one);
		}
		System.exit(0);
	}

	private static void print(int round, Row first, Row second) {
		Row row = new Row().with("round", round);
		first.values().forEach((name, value) -> row.with(name + "_1", value));
		second.values().forEach((name, value) -> row.with(name + "_2", value));
		System.out.println(row.line());
	}

	/**
	 * Warm up until the compilers have little left to do, or not much if it is for a
	 * smoke test.
	 */
	private void warmUp(double cpuSeconds, double window) throws InterruptedException {
		for (int i = 0; i < WARM_UP_TURNS; i++) {
			measure(this.first, cpuSeconds / WARM_UP_TURNS);
			measure(this.second, cpuSeconds / WARM_UP_TURNS);
		}
		double jit = 1;
		for (int i = 0; i < LONGEST_WARM_UP && cpuSeconds > 1 && jit > JIT_IS_QUIET; i++) {
			jit = Math.max(measure(this.first, window).number("jit_share"),
					measure(this.second, window).number("jit_share"));
		}
	}

	private static Row measure(ClientAdapter adapter, double cpuSeconds) throws InterruptedException {
		Load load = new Load(adapter, Request.to("/small"), IN_FLIGHT, 0);
		load.start();
		burn(SETTLE_SECONDS);
		long jit = Probe.jitCpu();
		long allocated = Probe.allocated();
		long cpu = Probe.javaCpu();
		long completed = load.completed();
		burn(cpuSeconds);
		completed = load.completed() - completed;
		cpu = Probe.javaCpu() - cpu;
		allocated = Probe.allocated() - allocated;
		jit = Probe.jitCpu() - jit;
		boolean ended = load.stop(PATIENCE_SECONDS);
		if (!ended || load.failed() > 0) {
			throw new IllegalStateException("%d requests failed, %d did not end: %s".formatted(load.failed(),
					load.unfinished(), load.errors()));
		}
		return new Row().with("requests", completed)
			.with("cpu_us", cpu / 1e3 / completed)
			.with("bytes", (double) allocated / completed)
			.with("jit_share", (double) jit / cpu);
	}

	private static void burn(double cpuSeconds) throws InterruptedException {
		long end = Probe.javaCpu() + (long) (cpuSeconds * 1e9);
		while (Probe.javaCpu() < end) {
			TimeUnit.MILLISECONDS.sleep(20);
		}
	}

}
