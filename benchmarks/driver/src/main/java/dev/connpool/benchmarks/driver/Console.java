package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What is said, and what is heard from short processes.
 */
final class Console {

	private Console() {
	}

	static void log(String text) {
		System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + text);
	}

	/**
	 * Run a process to its end.
	 * @param name what it is
	 * @param command its command line
	 * @return what it printed
	 * @throws StoppedException if it fails
	 */
	static String output(String name, List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			if (process.waitFor() != 0) {
				throw new StoppedException("%s failed: %s".formatted(name, output));
			}
			return output;
		}
		catch (IOException | InterruptedException ex) {
			throw new StoppedException("%s failed: %s".formatted(name, ex.getMessage()));
		}
	}

}
