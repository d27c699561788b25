package dev.connpool.benchmarks.driver;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.connpool.benchmarks.Row;

/**
 * Writes what was measured as Markdown.
 */
final class Tables {

	/** A window in which the compilers were busy says nothing about a request. */
	private static final double BUSY_COMPILERS = 0.2;

	private final Plan plan;

	private final Results results;

	Tables(Plan plan, Results results) {
		this.plan = plan;
		this.results = results;
	}

	String markdown() {
		StringBuilder text = new StringBuilder(ratios());
		if (!this.plan.downloads().isEmpty()) {
			text.append(downloads());
		}
		this.plan.bursts().forEach((burst) -> text.append(table(burst)));
		String cells = this.plan.cells().stream().map(this::table).collect(Collectors.joining());
		return cells.isEmpty() ? text.toString()
				: "%s%n<details>%n<summary>All clients, load by load</summary>%n%s%n</details>%n".formatted(text,
						cells);
	}

	private String downloads() {
		String titles = this.plan.downloads()
			.stream()
			.map((download) -> " %s: ms | failed |".formatted(download.title()))
			.collect(Collectors.joining());
		String lines = clients((client) -> this.plan.downloads()
			.stream()
			.map((download) -> download(rows("download", download, client)))
			.collect(Collectors.joining("", "| " + client.title() + " |", "%n".formatted())));
		return "%n### Downloads%n%n| |%s%n|---|%s%n%s".formatted(titles,
				"--:|--:|".repeat(this.plan.downloads().size()), lines);
	}

	private static String download(List<Row> rows) {
		return rows.isEmpty() ? " – | – |"
				: " %s | %.0f |".formatted(median(rows, "ms", 0), sum(rows, "failed") + sum(rows, "unfinished"));
	}

	private String table(Cell cell) {
		String lines = clients((client) -> {
			List<Row> rows = calm(rows("steady", cell, client));
			return rows.isEmpty() ? ""
					: "| %s | %s | %s | %s | %s | %s | %s | %s | %.0f |%n".formatted(client.title(),
							samples(rows, "cpu_us").withQuartiles(1), median(rows, "bytes", 0), median(rows, "rps", 0),
							median(rows, "p50_us", 0), median(rows, "p99_us", 0), median(rows, "connections", 0),
							median(rows, "segments", 2), sum(rows, "failed"));
		});
		return """

				### %s

				| | CPU µs per request | bytes per request | requests/s | p50 µs | p99 µs | connections | TCP segments per request | failed |
				|---|--:|--:|--:|--:|--:|--:|--:|--:|
				%s"""
			.formatted(cell.title(), lines);
	}

	private String table(Burst burst) {
		String rows = clients((client) -> {
			List<Row> cold = rows("cold burst", burst, client);
			List<Row> warm = rows("warm burst", burst, client);
			return warm.isEmpty() ? "" : "| %s%s%s |%n".formatted(client.title(), burst(cold), burst(warm));
		});
		return """

				### %s

				| | first of the JVM: ms | CPU ms | connections opened | used | failed | warm JVM: ms | CPU ms | connections opened | used | failed |
				|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|
				%s"""
			.formatted(burst.title(), rows);
	}

	private static String burst(List<Row> rows) {
		return " | %s | %s | %s | %s | %.0f".formatted(median(rows, "ms", 0), median(rows, "cpu_ms", 0),
				median(rows, "opened", 0), median(rows, "used", 0), sum(rows, "failed") + sum(rows, "unfinished"));
	}

	private String clients(Function<Client, String> line) {
		return this.plan.clients().stream().map(line).collect(Collectors.joining());
	}

	private List<Row> rows(String kind, Object what, Client client) {
		return this.results
			.where((row) -> row.text("kind").equals(kind) && row.text("what").equals(what.toString())
					&& row.text("client").equals(client.id()))
			.toList();
	}

	private static List<Row> calm(List<Row> rows) {
		return rows.stream().filter((row) -> row.number("jit_share") < BUSY_COMPILERS).toList();
	}

	private static Samples samples(List<Row> rows, String name) {
		return new Samples(rows.stream().map((row) -> row.number(name)).toList());
	}

	private static String median(List<Row> rows, String name, int digits) {
		return samples(rows, name).median(digits);
	}

	private static double sum(List<Row> rows, String name) {
		return rows.stream().mapToDouble((row) -> row.number(name)).sum();
	}

	/**
	 * Return the median of a value.
	 * @param cell the cell
	 * @param client the client
	 * @param name the value
	 * @return the median, or NaN if the client was not measured there
	 */
	double steady(Cell cell, Client client, String name) {
		List<Row> rows = calm(rows("steady", cell, client));
		return rows.isEmpty() ? Double.NaN : samples(rows, name).median();
	}

	// Ratios

	private String ratios() {
		List<Ratio> ratios = Ratio.ALL.stream()
			.filter((ratio) -> this.plan.clients().contains(ratio.ours())
					&& this.plan.clients().contains(ratio.other()))
			.toList();
		if (ratios.isEmpty()) {
			return "";
		}
		String header = ratios.stream()
			.map((ratio) -> " %s / %s |".formatted(ratio.ours().title(), ratio.other().title()))
			.collect(Collectors.joining());
		String cells = this.plan.cells()
			.stream()
			.map((cell) -> line(cell.title(), ratios, (ratio) -> ratio(ratio, "steady", cell, "cpu_us", "bytes")))
			.collect(Collectors.joining());
		String bursts = this.plan.bursts()
			.stream()
			.map((burst) -> line(burst.title(), ratios, (ratio) -> ratio(ratio, "warm burst", burst, "ms", "cpu_ms")))
			.collect(Collectors.joining());
		return "| ratios of medians: CPU, bytes; of bursts: time, CPU |%s%n|---|%s%n%s%s".formatted(header,
				"--:|".repeat(ratios.size()), cells, bursts);
	}

	private static String line(String title, List<Ratio> ratios, Function<Ratio, String> cell) {
		return "| %s |%s%n".formatted(title, ratios.stream().map(cell).collect(Collectors.joining()));
	}

	private String ratio(Ratio ratio, String kind, Object what, String name, String other) {
		String first = ratio(ratio, kind, what, name);
		return first.isEmpty() ? " – |" : " %s, %s |".formatted(first, ratio(ratio, kind, what, other));
	}

	private String ratio(Ratio ratio, String kind, Object what, String name) {
		boolean steady = kind.equals("steady");
		List<Row> ours = rows(kind, what, ratio.ours());
		List<Row> other = rows(kind, what, ratio.other());
		ours = steady ? calm(ours) : ours;
		other = steady ? calm(other) : other;
		if (ours.isEmpty() || other.isEmpty()) {
			return "";
		}
		return String.format(Locale.ROOT, "%.2f", samples(ours, name).median() / samples(other, name).median());
	}

	/**
	 * One of our clients and another.
	 */
	private record Ratio(Client ours, Client other) {

		static final List<Ratio> ALL = List.of(new Ratio(Client.HTTP_CLIENT, Client.REACTOR),
				new Ratio(Client.HTTP_CLIENT, Client.REACTOR_STRICT), new Ratio(Client.HTTP_CLIENT, Client.VERTX),
				new Ratio(Client.HTTP_CLIENT, Client.ARMERIA), new Ratio(Client.HTTP_CLIENT_BORINGSSL, Client.ARMERIA),
				new Ratio(Client.WEB_CLIENT, Client.BOOT), new Ratio(Client.WEB_CLIENT_BORINGSSL, Client.BOOT),
				new Ratio(Client.HTTP_CLIENT, Client.HTTP_CLIENT_UNTRACKED),
				new Ratio(Client.WEB_CLIENT, Client.WEB_CLIENT_UNTRACKED));

	}

}
