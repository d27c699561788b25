package dev.connpool.benchmarks.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.connpool.benchmarks.Row;

/**
 * A process that prints what it measures.
 */
final class ClientProcess implements AutoCloseable {

	private static final Row END = new Row();

	private final String name;

	private final Path errors;

	private final Process process;

	private final BlockingQueue<Row> rows = new LinkedBlockingQueue<>();

	ClientProcess(String name, List<String> command, ServerFiles files) {
		this.name = name;
		this.errors = files.log(name);
		try {
			this.process = new ProcessBuilder(command).redirectError(this.errors.toFile()).start();
		}
		catch (IOException ex) {
			throw new StoppedException("%s does not start: %s".formatted(name, ex.getMessage()));
		}
		Thread reader = new Thread(this::read, name);
		reader.setDaemon(true);
		reader.start();
	}

	private void read() {
		try (BufferedReader out = this.process.inputReader(StandardCharsets.UTF_8)) {
			for (String line = out.readLine(); line != null; line = out.readLine()) {
				Row row = Row.parse(line);
				if (row != null) {
					this.rows.add(row);
				}
			}
		}
		catch (IOException ex) {
			// It was closed.
		}
		this.rows.add(END);
	}

	Row ask(String command, double limitSeconds) {
		PrintStream in = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.US_ASCII);
		in.println(command);
		return next(command, limitSeconds);
	}

	/**
	 * Wait for a row.
	 * @param what what it is about
	 * @param limitSeconds how long to wait
	 * @return the row
	 * @throws StoppedException if none comes
	 */
	Row next(String what, double limitSeconds) {
		try {
			Row row = this.rows.poll((long) (limitSeconds * 1000), TimeUnit.MILLISECONDS);
			if (row == null || row == END) {
				String how = (row == END) ? "ended" : "did not answer within %.0f s".formatted(limitSeconds);
				throw new StoppedException(
						"%s %s (%s). It says: %s".formatted(this.name, how, what, Servers.words(this.errors)));
			}
			return row;
		}
		catch (InterruptedException ex) {
			throw new StoppedException("Interrupted");
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
