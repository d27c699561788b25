package dev.connpool.behaviour;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.connpool.behaviour.Fault.Call;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestRequest;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every fault on every wire for every kind of request on every transport, on a new
 * connection and on one that had worked: what comes of the call, how often it arrived
 * (B19, B20, B21, B26, N4), and that nothing is left (N1). Keeps
 * {@code docs/fault-matrix.md} equal to it. Run with {@code -Ddocs.update} to rewrite the
 * page.
 */
class FaultMatrixIntegrationTests {

	private static final Path PAGE = Path.of("../docs/fault-matrix.md");

	private static final Duration HEADER = Duration.ofSeconds(1);

	private static final Duration REQUEST = Duration.ofSeconds(2);

	private static final Duration SLACK = Duration.ofSeconds(1);

	private static final Duration SOON = Duration.ofSeconds(5);

	private static final int AT_ONCE = 12;

	private static final String INTRODUCTION = """
			# Faults

			What comes of a request when the server, having received it, does something wrong. A cell shows what the
			caller gets and, if it is not 1, how often the request arrived at the server. *Reused* is a connection on
			which there was a response before. A *streaming* body is a `Flux` of unknown length; the other requests
			send a value, or nothing. No cell takes longer than its deadline, and after every one all connections,
			streams and buffers are free again.

			""";

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void aFaultHasTheOutcomeOfItsRule(Fault fault) {
		List<Cell> cells = cells(fault);
		Map<Cell, FaultOutcome> outcomes = new LinkedHashMap<>();
		Flux.fromIterable(cells)
			.flatMapSequential((cell) -> Mono.fromCallable(() -> Map.entry(cell, play(cell)))
				.subscribeOn(Schedulers.boundedElastic()), AT_ONCE)
			.doOnNext((outcome) -> outcomes.put(outcome.getKey(), outcome.getValue()))
			.blockLast();
		assertThat(outcomes).containsExactlyEntriesOf(expected(cells));
	}

	@Test
	void thePageShowsTheMatrix() throws IOException {
		String expected = page();
		if (System.getProperty("docs.update") != null) {
			Files.writeString(PAGE, expected);
		}
		assertThat(PAGE).hasContent(expected);
	}

	private FaultOutcome play(Cell cell) {
		ScriptedServer server = this.network.scripted(cell.wire());
		Gate read = new Gate();
		cell.fault().play(server.onRequest(cell.reused() ? 2 : 1), read);
		TestClient client = this.network
			.client(cell.transport(),
					(settings) -> cell.fault().hangs() ? settings.responseHeader(HEADER).request(REQUEST) : settings)
			.derive((httpClient) -> httpClient.compress(true));
		if (cell.reused()) {
			client.fetch(server.url("/before"));
		}
		Failure failure = Failure
			.of(request(cell.call(), client, server.url("/faulty")).whenAnswered(read::open).text());
		int arrivals = server.log().arrived() - (cell.reused() ? 1 : 0);
		assertThat(client).pending(server, 0).activeStreams(server, 0);
		boolean recovered = Failure.of(client.get(server.url("/after"))).error() == null;
		return new FaultOutcome(result(failure.error()), arrivals,
				failure.after().compareTo((cell.fault().hangs() ? REQUEST.plus(SLACK) : SOON)) < 0, recovered);
	}

	private static TestRequest request(Call call, TestClient client, String url) {
		TestRequest request = client.request((call == Call.GET) ? "GET" : "POST", url);
		if (call.idempotent() && call != Call.GET) {
			request.header("Idempotency-Key", "1");
		}
		return switch (call) {
			case GET -> request;
			case POST, KEYED_POST -> request.body("body");
			case STREAMING_POST -> request.body(Flux.just("bo", "dy"));
		};
	}

	private static String result(@Nullable Throwable error) {
		return (error != null) ? error.getClass().getSimpleName() : FaultOutcome.ANSWERED;
	}

	private static List<Cell> cells(Fault fault) {
		List<Cell> cells = new ArrayList<>();
		for (Transport transport : Transport.values()) {
			for (Wire wire : fault.wires()) {
				for (boolean reused : new boolean[] { false, true }) {
					for (Call call : Call.values()) {
						cells.add(new Cell(transport, fault, wire, reused, call));
					}
				}
			}
		}
		return cells;
	}

	private static Map<Cell, FaultOutcome> expected(List<Cell> cells) {
		Map<Cell, FaultOutcome> expected = new LinkedHashMap<>();
		cells.forEach((cell) -> expected.put(cell, cell.expected()));
		return expected;
	}

	private static String page() {
		StringBuilder page = new StringBuilder(INTRODUCTION).append("| The server | on | ")
			.append(Arrays.stream(Call.values()).map(Call::toString).collect(Collectors.joining(" | ")))
			.append(" |\n| --- | --- |")
			.append(" --- |".repeat(Call.values().length))
			.append('\n');
		for (Fault fault : Fault.values()) {
			rows(fault).forEach((outcomes, places) -> page
				.append("| %s | %s | %s |\n".formatted(fault, String.join(", ", places), outcomes)));
		}
		return page.toString();
	}

	/** The places with the same outcomes, by these. */
	private static Map<String, List<String>> rows(Fault fault) {
		Map<String, List<String>> rows = new LinkedHashMap<>();
		for (Wire wire : fault.wires()) {
			for (boolean reused : new boolean[] { false, true }) {
				String outcomes = Arrays.stream(Call.values())
					.map((call) -> fault.expected(wire, reused, call))
					.map(FaultMatrixIntegrationTests::text)
					.collect(Collectors.joining(" | "));
				rows.computeIfAbsent(outcomes, (key) -> new ArrayList<>())
					.add("%s %s".formatted(reused ? "reused" : "new", name(wire)));
			}
		}
		return rows;
	}

	private static String name(Wire wire) {
		return switch (wire) {
			case H1 -> "HTTP/1.1";
			case H1_TLS -> "HTTP/1.1 with TLS";
			case H2 -> "HTTP/2";
			case H2C -> "HTTP/2 without TLS";
		};
	}

	private static String text(FaultOutcome outcome) {
		String result = outcome.result().equals(FaultOutcome.ANSWERED) ? outcome.result()
				: "`" + outcome.result() + "`";
		return (outcome.arrivals() != 1) ? result + " (%d)".formatted(outcome.arrivals()) : result;
	}

	private record Cell(Transport transport, Fault fault, Wire wire, boolean reused, Call call) {

		FaultOutcome expected() {
			return this.fault.expected(this.wire, this.reused, this.call);
		}

	}

}
