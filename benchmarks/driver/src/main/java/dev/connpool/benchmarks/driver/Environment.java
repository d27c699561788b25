package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;

/**
 * What the figures were measured on.
 */
final class Environment {

	private static final int CORES = 2;

	private Environment() {
	}

	static void check() {
		int cores = Runtime.getRuntime().availableProcessors();
		if (cores < CORES) {
			throw new StoppedException(
					"There is %d core, and %d are needed: one for a server, one for a client".formatted(cores, CORES));
		}
		if (!Files.isReadable(Path.of("/proc/self/stat"))) {
			throw new StoppedException("There is no /proc: the counters are those of Linux");
		}
	}

	static String describe(Options options) {
		return "Measured on %s: %s, Linux %s, %d cores (%s), %s. The servers run beside the clients.".formatted(
				LocalDate.now(), java(options), System.getProperty("os.version"),
				Runtime.getRuntime().availableProcessors(), processor(), nginx());
	}

	private static String java(Options options) {
		return Console.output("java", List.of(Java.executable(options), "--version")).lines().findFirst().orElseThrow();
	}

	private static String nginx() {
		return Console.output("nginx", List.of(Servers.find("nginx").orElseThrow(), "-v"))
			.replace("nginx version: ", "");
	}

	private static String processor() {
		try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
			return lines.filter((line) -> line.startsWith("model name"))
				.findFirst()
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.orElse("unknown");
		}
		catch (IOException ex) {
			return "unknown";
		}
	}

}
