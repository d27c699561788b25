package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Builds the command lines of the processes that are measured.
 */
final class Java {

	private static final int HEAP_MEGABYTES = 768;

	private final String executable;

	private final ServerFiles files;

	Java(Options options, ServerFiles files) {
		this.executable = executable(options);
		this.files = files;
	}

	static String executable(Options options) {
		return options.text("java", Path.of(System.getProperty("java.home"), "bin", "java").toString());
	}

	/**
	 * Build a command line.
	 * @param module the directory of the module that is run
	 * @param flags flags for the JVM
	 * @param main the main class and its arguments
	 * @return the command line
	 */
	List<String> command(String module, List<String> flags, List<String> main) {
		List<String> command = new ArrayList<>(List.of(this.executable, "-Xms" + HEAP_MEGABYTES + "m",
				"-Xmx" + HEAP_MEGABYTES + "m", "-XX:+UseG1GC", "-Djavax.net.ssl.trustStore=" + this.files.trustStore(),
				"-Djavax.net.ssl.trustStorePassword=" + ServerFiles.PASSWORD));
		command.addAll(flags);
		command.addAll(List.of("-cp", classPath(module)));
		command.addAll(main);
		return command;
	}

	/**
	 * Return how methods are compiled.
	 * @param waiting whether a method waits for its compilation, so that a warm-up is
	 * short
	 * @return a flag for the JVM
	 */
	static String compiling(boolean waiting) {
		return waiting ? "-Xbatch" : "-XX:+BackgroundCompilation";
	}

	private static String classPath(String module) {
		try {
			String dependencies = Files.readString(Path.of(module, "target", "class-path.txt"));
			return Path.of(module, "target", "classes") + ":" + dependencies.strip();
		}
		catch (IOException ex) {
			throw new StoppedException("%s is not built: add the profile all-clients".formatted(module));
		}
	}

	/**
	 * Return the flag that takes tracking out of the client.
	 * @return a flag for the JVM
	 */
	static String untracked() {
		try (Stream<Path> files = Files.list(Path.of("tracking", "target"))) {
			return files.filter((file) -> file.toString().endsWith(".jar"))
				.findFirst()
				.map((jar) -> "-javaagent:" + jar)
				.orElseThrow(() -> new StoppedException("tracking is not packaged"));
		}
		catch (IOException ex) {
			throw new StoppedException("tracking is not built");
		}
	}

}
