package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import dev.connpool.benchmarks.Row;

/**
 * Runs what the module {@code soak} has: an application among servers that do everything
 * wrong, and one that calls many hosts.
 */
final class SoakRun {

	private static final String MODULE = "soak";

	private static final String PACKAGE = "dev.connpool.benchmarks.soak.";

	private static final double PATIENCE_SECONDS = 1800;

	private final Options options;

	private final ServerFiles files;

	SoakRun(Options options, ServerFiles files) {
		this.options = options;
		this.files = files;
	}

	/**
	 * Let the application run.
	 * @param seconds for how long
	 * @param rate how many requests are sent in a second
	 * @param without what does not go wrong
	 * @throws StoppedException if anything is not as it must be at the end
	 */
	void run(double seconds, int rate, List<String> without) {
		List<String> command = command("Soak", Double.toString(seconds), Integer.toString(rate));
		command.addAll(without);
		try {
			int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
			if (exit != 0) {
				throw new StoppedException("The soak has not gone well");
			}
		}
		catch (IOException | InterruptedException ex) {
			throw new StoppedException("The soak failed: " + ex.getMessage());
		}
	}

	/**
	 * Measure what a request costs when there are many hosts.
	 * @param publication where the results go
	 * @param rounds how many pairs of windows are measured
	 */
	void manyHosts(Publication publication, int rounds) {
		List<Double> ratios = new ArrayList<>();
		Results results = new Results();
		try (ClientProcess process = new ClientProcess(MODULE, command("ManyHosts", Integer.toString(rounds)),
				this.files)) {
			for (int round = 0; round < rounds; round++) {
				Row row = process.next("many hosts", PATIENCE_SECONDS);
				results.add(row);
				ratios.add(row.number("cpu_us_many") / row.number("cpu_us_few"));
				Console.log(row.line());
			}
		}
		publication.add(".csv", results.csv());
		publication.write(String.format(Locale.ROOT, """
				| | CPU per request, ratio | pairs |
				|---|--:|--:|
				| 10,000 hosts in turn, beside 100 in turn | %s | %d |

				%s
				""", new Samples(ratios).withQuartiles(2), ratios.size(), Environment.describe(this.options)));
	}

	private List<String> command(String main, String... arguments) {
		List<String> all = new ArrayList<>(List.of(PACKAGE + main, certificate().toString()));
		all.addAll(List.of(arguments));
		return new ArrayList<>(new Java(this.options, this.files).command(MODULE, List.of(), all));
	}

	private Path certificate() {
		Path certificate = this.files.certificate();
		try {
			Files.createDirectories(certificate.getParent());
		}
		catch (IOException ex) {
			throw new StoppedException("No room for a certificate: " + ex.getMessage());
		}
		return certificate.resolveSibling("soak.crt");
	}

}
