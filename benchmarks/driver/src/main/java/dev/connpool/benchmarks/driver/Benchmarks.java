package dev.connpool.benchmarks.driver;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

import dev.connpool.benchmarks.driver.TrackingRun.Comparison;

/**
 * Runs one of the benchmarks: {@code smoke}, {@code tracking}, {@code quick} or
 * {@code full}.
 */
public final class Benchmarks {

	private static final Path DIRECTORY = Path.of("target", "run").toAbsolutePath();

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
			case "smoke" -> smoke();
			case "tracking" -> tracking();
			default -> throw new StoppedException(
					"There is no '%s', only smoke, tracking, quick and full".formatted(this.options.mode()));
		}
	}

	private void smoke() {
	}

	private void tracking() {
		List<Comparison> comparisons = List.of(Comparison.values());
		try (Servers servers = Servers.start(Set.of(Server.NGINX), false, this.options, DIRECTORY)) {
			String removed = TrackingRun.removed(servers, this.options);
			System.out.println(removed);
			TrackingRun run = new TrackingRun(this.options);
			Results results = run.measure(servers, comparisons, this.options.count("forks", 3),
					this.options.count("rounds", 9));
			Publication publication = new Publication("tracking", this.options.has("publish"));
			publication.add(".csv", results.csv());
			publication.write(run.table(comparisons) + "\n" + Environment.describe(this.options)
					+ "\n\nTaken out:\n\n```\n" + removed + "\n```\n");
		}
	}

}
