package dev.connpool.benchmarks.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import dev.connpool.benchmarks.Protocol;
import dev.connpool.benchmarks.Row;

/**
 * What it costs that connections and exchanges can be looked at: pairs of windows of the
 * client with and without.
 */
final class TrackingRun {

	private static final String MAIN = "dev.connpool.benchmarks.tracking.TrackingCost";

	/** Long, as a machine that has other things to do makes windows long. */
	private static final int PATIENCE_SECONDS = 1800;

	private static final List<Protocol> PROTOCOLS = List.of(Protocol.H2, Protocol.H1);

	private final Options options;

	private final Results results = new Results();

	private final double warm;

	private final double window;

	/**
	 * Create a run.
	 * @param options the options
	 * @param warm CPU seconds of the warm-up of each variant
	 * @param window CPU seconds of a window
	 */
	TrackingRun(Options options, double warm, double window) {
		this.options = options;
		this.warm = warm;
		this.window = window;
	}

	/**
	 * Measure.
	 * @param servers the servers
	 * @param pairs what is compared
	 * @param forks how many processes measure each
	 * @param rounds how many pairs of windows each of them measures
	 * @return all pairs
	 */
	Results measure(Servers servers, List<Pair> pairs, int forks, int rounds) {
		for (int fork = 0; fork < forks; fork++) {
			for (Pair pair : pairs) {
				for (Protocol protocol : PROTOCOLS) {
					measure(servers, pair, protocol, fork, rounds);
				}
			}
		}
		return this.results;
	}

	private void measure(Servers servers, Pair pair, Protocol protocol, int fork, int rounds) {
		// Which of them is loaded first decides for whom shared code is compiled first.
		boolean swapped = fork % 2 == 1;
		List<String> main = List.of(MAIN, swapped ? pair.baseline : pair.variant,
				swapped ? pair.variant : pair.baseline, protocol.name(),
				Integer.toString(servers.ports().of(Server.NGINX, protocol)), Integer.toString(rounds),
				Double.toString(this.warm), Double.toString(this.window));
		List<String> command = new Java(this.options, servers.files()).command("tracking",
				List.of(Java.compiling(this.warm >= 1)), main);
		try (ClientProcess process = new ClientProcess("tracking", command, servers.files())) {
			for (int round = 0; round < rounds; round++) {
				Row row = process.next(pair + " over " + protocol, PATIENCE_SECONDS);
				Row labelled = new Row().with("pair", pair).with("protocol", protocol).with("fork", fork);
				row.values().forEach((name, value) -> labelled.with(swapped ? swap(name) : name, value));
				this.results.add(labelled);
			}
		}
		Console.log("Measured %s over %s, process %d".formatted(pair, protocol, fork + 1));
	}

	private static String swap(String name) {
		return name.endsWith("_1") ? name.replace("_1", "_2") : name.replace("_2", "_1");
	}

	String table(List<Pair> pairs) {
		StringBuilder table = new StringBuilder("""
				| | | CPU per request, ratio | CPU µs per request | bytes per request, difference | pairs |
				|---|---|--:|--:|--:|--:|
				""");
		for (Pair pair : pairs) {
			for (Protocol protocol : PROTOCOLS) {
				table.append("| %s | %s | %s |%n".formatted(pair.title, Cell.title(protocol), line(pair, protocol)));
			}
		}
		return table.toString();
	}

	private String line(Pair pair, Protocol protocol) {
		Samples ratio = samples(pair, protocol, (row) -> row.number("cpu_us_1") / row.number("cpu_us_2"));
		Samples cpu = samples(pair, protocol, (row) -> row.number("cpu_us_1"));
		Samples bytes = samples(pair, protocol, (row) -> row.number("bytes_1") - row.number("bytes_2"));
		return String.format(Locale.ROOT, "%s | %s | %s | %d", ratio.withQuartiles(3), cpu.median(1),
				bytes.withQuartiles(0), ratio.count());
	}

	private Samples samples(Pair pair, Protocol protocol, ToDoubleFunction<Row> value) {
		return new Samples(this.results
			.where((row) -> row.text("pair").equals(pair.toString()) && row.text("protocol").equals(protocol.name()))
			.map(value::applyAsDouble)
			.toList());
	}

	/**
	 * Return what is taken out.
	 * @param servers where files are kept
	 * @param options the options
	 * @return one member on a line
	 */
	static String removed(Servers servers, Options options) {
		List<String> command = new ArrayList<>(
				new Java(options, servers.files()).command("tracking", List.of(), List.of(MAIN)));
		return Console.output("tracking", command);
	}

	/**
	 * A variant and what it is compared with.
	 */
	enum Pair {

		TRACKING("what the endpoint shows", "TRACKED", "UNTRACKED"),

		TRACKING_AND_METERS("the same, and meters in a registry", "METERED", "UNTRACKED"),

		SAFEGUARDS("tracking, deadlines and replay", "TRACKED", "BARE"),

		NOISE("nothing: without against without", "UNTRACKED", "UNTRACKED");

		private final String title;

		private final String variant;

		private final String baseline;

		Pair(String title, String variant, String baseline) {
			this.title = title;
			this.variant = variant;
			this.baseline = baseline;
		}

	}

}
