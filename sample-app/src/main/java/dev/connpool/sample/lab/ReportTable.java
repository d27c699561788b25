package dev.connpool.sample.lab;

import java.io.PrintStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints reports as a table, row by row.
 */
public final class ReportTable {

	private static final String CAPTION = """

			What the server saw: accepted connections and unanswered requests, each lab on a fresh server and a fresh client.
			conn-pool     the starter's defaults and the one setting that the lab is about
			Boot default  the client that Spring Boot builds without the starter: ClientHttpConnectorBuilder.reactor() on a pool
			              with the limits of Reactor Netty's global one (500 connections, 1,000 waiting), asked for HTTP/2 where
			              the lab is; it has no property for a connection limit, for keep-alive or for strict streams
			ms            one run in one process after a short warm-up, no benchmark
			""";

	private static final String ROW = "%-22s  %-55s | %6s %6s %6s | %6s %6s %6s | %s%n";

	private static final String GROUPS = "%-22s  %-55s | %-20s | %-20s |%n";

	private static final String RULE = "-".repeat(129);

	private static final String NOTE = "%-22s  %s: %s%n";

	private final PrintStream out;

	private final String verified;

	private final String refuted;

	/**
	 * Create a table.
	 * @param out where to print
	 * @param charset what the reader's terminal understands
	 */
	public ReportTable(PrintStream out, Charset charset) {
		this.out = out;
		boolean marks = charset.newEncoder().canEncode("✓✗");
		this.verified = marks ? "✓" : "ok";
		this.refuted = marks ? "✗" : "WRONG";
	}

	/**
	 * Print what the columns mean.
	 */
	public void begin() {
		this.out.println(CAPTION);
		this.out.printf(GROUPS, "", "", "conn-pool", "Boot default");
		this.out.printf(ROW, "lab", "claim", "conns", "failed", "ms", "conns", "failed", "ms", "");
		this.out.println(RULE);
	}

	/**
	 * Print the row of a lab.
	 * @param report what the lab showed
	 */
	public void row(LabReport report) {
		Measurement ours = report.connPool();
		Measurement theirs = report.bootDefault();
		this.out.printf(ROW, report.name(), report.claim(), ours.connections(), ours.failed(), ours.millis(),
				theirs.connections(), theirs.failed(), theirs.millis(),
				report.verified() ? this.verified : this.refuted);
	}

	/**
	 * Print what has no column.
	 * @param reports what the labs showed
	 */
	public void end(List<LabReport> reports) {
		this.out.println(RULE);
		for (LabReport report : reports) {
			note(report.name(), "conn-pool", report.connPool());
			note(report.name(), "Boot default", report.bootDefault());
		}
		long verified = reports.stream().filter(LabReport::verified).count();
		this.out.printf("%n%d of %d claims hold.%n", verified, reports.size());
	}

	private void note(String lab, String client, Measurement seen) {
		if (!seen.details().isEmpty()) {
			this.out.printf(NOTE, lab, client, text(seen.details()));
		}
		if (seen.firstFailure() != null) {
			this.out.printf(NOTE, lab, client, "first failure was " + seen.firstFailure());
		}
		if (seen.leftOpen() > 0) {
			this.out.printf(NOTE, lab, client,
					seen.leftOpen() + " connections stayed open after the client was closed");
		}
	}

	private static String text(Map<String, Long> details) {
		return details.entrySet()
			.stream()
			.map((detail) -> detail.getValue() + " " + detail.getKey())
			.collect(Collectors.joining(", "));
	}

}
