package dev.connpool.benchmarks.driver;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import dev.connpool.benchmarks.Protocol;
import dev.connpool.benchmarks.Row;

/**
 * What an application pays before it sends much: how long it takes to start in a fresh
 * JVM, and what a connection holds on the heap that nobody uses.
 */
final class Footprint {

	/** Within what both clients allow. */
	private static final int CONNECTIONS = 500;

	private static final double LIMIT_SECONDS = 60;

	private static final List<Client> CLIENTS = List.of(Client.WEB_CLIENT, Client.BOOT);

	private final Processes processes;

	private final int rounds;

	private final Results results = new Results();

	Footprint(Processes processes, int rounds) {
		this.processes = processes;
		this.rounds = rounds;
	}

	Results measure() {
		for (int round = 0; round < this.rounds; round++) {
			for (Client client : CLIENTS) {
				measure(client, round);
			}
			Console.log("Measured start and idle connections, round %d".formatted(round + 1));
		}
		return this.results;
	}

	private void measure(Client client, int round) {
		try (ClientProcess process = this.processes.start(client, Server.NGINX, Protocol.H1, Java.compiling(false))) {
			Row row = new Row().with("client", client.id()).with("round", round);
			row.values().putAll(process.ask("start " + CONNECTIONS, LIMIT_SECONDS).values());
			row.values().putAll(process.ask("idle " + CONNECTIONS, LIMIT_SECONDS).values());
			if (row.number("connections") < CONNECTIONS / 2 || row.number("failed") + row.number("unanswered") > 0) {
				throw new StoppedException("Too few connections, or requests failed: " + row.line());
			}
			this.results.add(row);
		}
	}

	String table() {
		String header = CLIENTS.stream()
			.map((client) -> " %s |".formatted(client.title()))
			.collect(
					Collectors.joining("", "| medians of %d processes each |".formatted(this.rounds), " difference |"));
		return "%s%n|---|--:|--:|--:|%n%s%s%s%s".formatted(header, line("start of the application, ms", "ms"),
				line("start of the application, CPU ms", "cpu_ms"),
				line("start of the application and first response, ms", "answered_ms"),
				line("heap of an idle HTTP/1.1 connection, bytes", "heap_bytes"));
	}

	private String line(String title, String name) {
		List<Double> medians = CLIENTS.stream().map((client) -> samples(client, name).median()).toList();
		String values = CLIENTS.stream()
			.map((client) -> " %s |".formatted(samples(client, name).withQuartiles(0)))
			.collect(Collectors.joining());
		return String.format(Locale.ROOT, "| %s |%s %+.0f |%n", title, values, medians.get(0) - medians.get(1));
	}

	private Samples samples(Client client, String name) {
		return new Samples(this.results.where((row) -> row.text("client").equals(client.id()))
			.map((row) -> row.number(name))
			.toList());
	}

}
