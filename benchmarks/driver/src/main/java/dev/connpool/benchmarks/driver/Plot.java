package dev.connpool.benchmarks.driver;

import java.util.List;
import java.util.Locale;

/**
 * Draws the CPU time of a small request as bars, one panel for each protocol.
 */
final class Plot {

	/** Requests in flight. */
	private static final int SHOWN = 64;

	private static final int WIDTH = 760;

	private static final int LABELS = 250;

	private static final int LINE = 20;

	private final StringBuilder svg = new StringBuilder();

	private int y = 10;

	private Plot() {
	}

	static String draw(Plan plan, Tables tables) {
		Plot plot = new Plot();
		plan.cells()
			.stream()
			.filter((cell) -> cell.server() == Server.NGINX && cell.path().equals("/small") && cell.inFlight() == SHOWN)
			.forEach((cell) -> plot.panel(cell, plan.clients(), tables));
		return """
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
				<rect width="100%%" height="100%%" fill="#fff"/>
				%s</svg>
				""".formatted(WIDTH, plot.y, plot.svg);
	}

	private void panel(Cell cell, List<Client> clients, Tables tables) {
		List<Client> measured = clients.stream()
			.filter((client) -> !Double.isNaN(tables.steady(cell, client, "cpu_us")))
			.toList();
		double most = measured.stream().mapToDouble((client) -> tables.steady(cell, client, "cpu_us")).max().orElse(1);
		text(10, "bold", "start", cell.title() + ": CPU µs per request");
		for (Client client : measured) {
			double value = tables.steady(cell, client, "cpu_us");
			double width = (WIDTH - LABELS - 60) * value / most;
			this.svg.append("<rect x=\"%d\" y=\"%d\" width=\"%s\" height=\"%d\" fill=\"%s\"/>%n".formatted(LABELS,
					this.y + 3, number(width), LINE - 6, client.isOurs() ? "#2f6db5" : "#a9b4c0"));
			this.svg.append("<text x=\"%s\" y=\"%d\" fill=\"#333\">%s</text>%n".formatted(number(LABELS + width + 5),
					this.y + 14, number(value)));
			text(LABELS - 8, "normal", "end", client.title().replace("`", ""));
		}
		this.y += LINE / 2;
	}

	private void text(int x, String weight, String anchor, String text) {
		this.svg.append("<text x=\"%d\" y=\"%d\" fill=\"#333\" font-weight=\"%s\" text-anchor=\"%s\">%s</text>%n"
			.formatted(x, this.y + 14, weight, anchor, text));
		this.y += LINE;
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, "%.1f", value);
	}

}
