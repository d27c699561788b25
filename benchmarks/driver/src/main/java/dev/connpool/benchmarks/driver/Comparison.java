package dev.connpool.benchmarks.driver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.connpool.benchmarks.Protocol;
import dev.connpool.benchmarks.Row;

/**
 * Measures clients side by side: each in a process of its own, all of them in turns.
 */
final class Comparison {

	/** After another path, what is special about the new one is to be compiled. */
	private static final double CHANGE_SECONDS = 0.7;

	private static final double SETTLE_SECONDS = 0.2;

	private static final double JIT_IS_QUIET = 0.05;

	private static final int MORE_WARM_UPS = 3;

	private static final int WARM_BURSTS = 3;

	private static final int WARM_DOWNLOADS = 2;

	private static final double BURST_WARM_UP_SECONDS = 4;

	private static final double BURST_LIMIT_SECONDS = 90;

	private static final double DOWNLOAD_LIMIT_SECONDS = 90;

	private final Plan plan;

	private final Processes processes;

	private final Results results = new Results();

	Comparison(Plan plan, Processes processes) {
		this.plan = plan;
		this.processes = processes;
	}

	Results measure() {
		Map<String, List<Cell>> groups = new LinkedHashMap<>();
		this.plan.cells()
			.forEach((cell) -> groups.merge(cell.server() + " " + cell.protocol(), List.of(cell), Comparison::append));
		groups.values().forEach(this::steady);
		this.plan.bursts().forEach(this::burst);
		this.plan.downloads().forEach(this::download);
		return this.results;
	}

	private static List<Cell> append(List<Cell> cells, List<Cell> more) {
		return Stream.of(cells, more).flatMap(List::stream).toList();
	}

	private List<Client> clients(Protocol protocol) {
		return this.plan.clients().stream().filter((client) -> client.speaks(protocol)).toList();
	}

	// Steady

	private void steady(List<Cell> cells) {
		Cell first = cells.get(0);
		Map<Client, ClientProcess> processes = new LinkedHashMap<>();
		try {
			for (Client client : clients(first.protocol())) {
				ClientProcess process = this.processes.start(client, first.server(), first.protocol(),
						Java.compiling(this.plan.isThorough()));
				processes.put(client, process);
				warmUp(client, process, first);
			}
			cells.forEach((cell) -> measure(cell, processes));
		}
		finally {
			processes.values().forEach(ClientProcess::close);
		}
	}

	private void warmUp(Client client, ClientProcess process, Cell cell) {
		boolean thorough = this.plan.isThorough();
		double warm = thorough ? this.plan.warm() : Math.min(1, this.plan.warm());
		Row row = ask(process, cell, warm, this.plan.window());
		for (int i = 0; i < MORE_WARM_UPS && thorough && row.number("jit_share") > JIT_IS_QUIET; i++) {
			row = ask(process, cell, warm / 2, this.plan.window());
		}
		Console.log("%s is warm, its compilers take %.0f %%".formatted(client.id(), 100 * row.number("jit_share")));
	}

	private void measure(Cell cell, Map<Client, ClientProcess> processes) {
		for (int round = 0; round < this.plan.rounds(); round++) {
			for (Map.Entry<Client, ClientProcess> entry : processes.entrySet()) {
				Row row = ask(entry.getValue(), cell, (round == 0) ? CHANGE_SECONDS : SETTLE_SECONDS,
						this.plan.window());
				add(row, "steady", cell, entry.getKey(), round);
			}
		}
		Console.log("Measured " + cell);
	}

	private Row ask(ClientProcess process, Cell cell, double settle, double window) {
		String command = "steady %s %d %s %s".formatted(cell.path(), cell.inFlight(), settle, window);
		return process.ask(command, 60 + 6 * (settle + window));
	}

	private void add(Row row, String kind, Object what, Client client, int round) {
		Row labelled = new Row().with("kind", kind).with("what", what).with("client", client.id()).with("round", round);
		labelled.values().putAll(row.values());
		this.results.add(labelled);
	}

	// Bursts

	private void burst(Burst burst) {
		for (Client client : clients(burst.protocol())) {
			try (ClientProcess process = this.processes.start(client, burst.server(), burst.protocol(),
					Java.compiling(false))) {
				add(burst(process, 0), "cold burst", burst, client, 0);
				for (int i = 0; i < WARM_BURSTS; i++) {
					add(burst(process, (i == 0) ? BURST_WARM_UP_SECONDS : 0), "warm burst", burst, client, i);
				}
			}
			Console.log("Measured a burst over %s with %s".formatted(burst, client.id()));
		}
	}

	// Downloads

	private void download(Download download) {
		for (Client client : clients(download.protocol())) {
			try (ClientProcess process = this.processes.start(client, download.server(), download.protocol(),
					Java.compiling(false))) {
				for (int i = 0; i < WARM_DOWNLOADS; i++) {
					download(process, download);
				}
				for (int round = 0; round < this.plan.rounds(); round++) {
					add(download(process, download), "download", download, client, round);
				}
			}
			Console.log("Measured a download over %s with %s".formatted(download, client.id()));
		}
	}

	private static Row download(ClientProcess process, Download download) {
		return process.ask("download " + download.path(), DOWNLOAD_LIMIT_SECONDS);
	}

	private Row burst(ClientProcess process, double warmUp) {
		return process.ask("burst %d %d %s".formatted(Burst.SIZE, Burst.CONNECTIONS, warmUp), BURST_LIMIT_SECONDS);
	}

}
