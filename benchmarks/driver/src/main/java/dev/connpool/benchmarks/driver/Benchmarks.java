package dev.connpool.benchmarks.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import dev.connpool.benchmarks.driver.TrackingRun.Pair;

/**
 * Runs one of the benchmarks: {@code smoke}, {@code tracking}, {@code footprint},
 * {@code hosts}, {@code micro}, {@code quick}, {@code full} or {@code soak}.
 */
public final class Benchmarks {

	private static final Path DIRECTORY = Path.of("target", "run").toAbsolutePath();

	private static final double SMOKE_SECONDS = 6;

	private static final int SMOKE_RATE = 50;

	private final Options options;

	private Benchmarks(Options options) {
		this.options = options;
	}

	public static void main(String[] arguments) {
		Runtime.getRuntime()
			.addShutdownHook(new Thread(() -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy)));
		try {
			Environment.check();
			new Benchmarks(new Options(arguments)).run();
		}
		catch (StoppedException ex) {
			System.err.println("Stopped, nothing was measured to the end: " + ex.getMessage());
			System.exit(1);
		}
	}

	private void run() {
		switch (this.options.mode()) {
			case "none" -> Console.log("The benchmarks are built");
			case "smoke" -> smoke();
			case "tracking" -> tracking();
			case "footprint" -> footprint();
			case "hosts" -> soak().manyHosts(publication(), this.options.count("rounds", 5));
			case "micro" -> micro();
			case "soak" -> soak().run(this.options.number("minutes", 10) * 60, this.options.count("rate", 500),
					this.options.list("without", List.of()));
			case "quick" -> compare(Plan.quick(this.options));
			case "full" -> compare(Plan.full(this.options));
			default -> throw new StoppedException(
					"There is no '%s', only smoke, tracking, footprint, hosts, micro, quick, full and soak"
						.formatted(this.options.mode()));
		}
	}

	/**
	 * See that everything works, without a thought of the figures.
	 */
	private void smoke() {
		Plan plan = Plan.smoke(this.options);
		try (Servers servers = start(plan)) {
			new TrackingRun(this.options, plan.warm(), plan.window()).measure(servers, List.of(Pair.TRACKING), 1, 1);
			Results results = new Comparison(plan, new Processes(this.options, servers)).measure();
			results.where((row) -> row.number("failed") + row.number("unfinished") > 0).findFirst().ifPresent((row) -> {
				throw new StoppedException("Requests failed: " + row.line());
			});
		}
		soak().run(SMOKE_SECONDS, SMOKE_RATE, List.of());
		Console.log("The benchmarks work");
	}

	private SoakRun soak() {
		return new SoakRun(this.options, new ServerFiles(DIRECTORY));
	}

	private Servers start(Plan plan) {
		return Servers.start(plan.servers(), !plan.bursts().isEmpty(), this.options, DIRECTORY);
	}

	private void tracking() {
		List<Pair> pairs = List.of(Pair.values());
		try (Servers servers = Servers.start(Set.of(Server.NGINX), false, this.options, DIRECTORY)) {
			String removed = TrackingRun.removed(servers, this.options);
			System.out.println(removed);
			TrackingRun run = new TrackingRun(this.options, this.options.number("warm", 2),
					this.options.number("window", 0.5));
			Publication publication = publication();
			Results results = run.measure(servers, pairs, this.options.count("forks", 4),
					this.options.count("rounds", 5));
			publication.add(".csv", results.csv());
			publication.write("%s%n%s%n%nTaken out:%n%n```%n%s%n```%n".formatted(run.table(pairs),
					Environment.describe(this.options), removed));
		}
	}

	private void footprint() {
		try (Servers servers = Servers.start(Set.of(Server.NGINX), true, this.options, DIRECTORY)) {
			Footprint footprint = new Footprint(new Processes(this.options, servers), this.options.count("rounds", 15));
			Publication publication = publication();
			publication.add(".csv", footprint.measure().csv());
			publication.write("%s%n%s%n".formatted(footprint.table(), Environment.describe(this.options)));
		}
	}

	private void micro() {
		int rounds = this.options.count("rounds", 5);
		List<String> main = List.of("org.openjdk.jmh.Main", "-f", "1", "-wi", "3", "-i", Integer.toString(rounds), "-w",
				"1s", "-r", "1s", "-prof", "gc");
		ServerFiles none = new ServerFiles(DIRECTORY);
		System.out.println(Console.output("micro", new Java(this.options, none).command("micro", List.of(), main)));
	}

	private void compare(Plan plan) {
		try (Servers servers = start(plan)) {
			Publication publication = publication();
			Results results = new Comparison(plan, new Processes(this.options, servers)).measure();
			Tables tables = new Tables(plan, results);
			publication.add(".csv", results.csv());
			publication.add(".svg", Plot.draw(plan, tables));
			publication.write(tables.markdown() + "\n" + Environment.describe(this.options) + "\n");
		}
	}

	private Publication publication() {
		return new Publication(this.options.mode(), this.options.has("publish"));
	}

}
