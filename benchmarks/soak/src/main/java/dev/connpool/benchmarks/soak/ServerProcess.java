package dev.connpool.benchmarks.soak;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

import dev.connpool.benchmarks.Row;

/**
 * The servers, in a process of their own, so that what they hold is not counted.
 */
final class ServerProcess implements AutoCloseable {

	private final Process process;

	private final BufferedReader output;

	private final Row ports;

	ServerProcess(Path certificate) throws IOException {
		this.process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx256m", "-cp", System.getProperty("java.class.path"), FaultServer.class.getName(),
				certificate.toString())
			.redirectError(ProcessBuilder.Redirect.INHERIT)
			.start();
		this.output = this.process.inputReader(StandardCharsets.US_ASCII);
		this.ports = row();
	}

	private Row row() throws IOException {
		for (String line = this.output.readLine(); line != null; line = this.output.readLine()) {
			Row row = Row.parse(line);
			if (row != null) {
				return row;
			}
		}
		throw new IOException("The servers have ended");
	}

	Row ports() {
		return this.ports;
	}

	/**
	 * Ask what the servers have counted.
	 * @return the counts
	 */
	Row counts() throws IOException {
		new PrintStream(this.process.getOutputStream(), true, StandardCharsets.US_ASCII).println("counts");
		return row();
	}

	@Override
	public void close() {
		this.process.destroy();
	}

}
