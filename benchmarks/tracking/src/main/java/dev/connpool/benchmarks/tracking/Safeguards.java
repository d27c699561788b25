package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.benchmarks.tracking.Removal.Kind;

/**
 * What every request pays so that it ends in time, and may be sent again.
 */
final class Safeguards {

	private static final List<Removal> DEADLINES = List.of(
			Removal.of("reactor.ReactorConnectionProvider", Kind.ARGUMENT, "scoped"),
			Removal.of("exchange.InFlightExchanges", Kind.BODY, "add"),
			Removal.of("exchange.InFlightExchanges", Kind.BODY, "remove"),
			Removal.of("acquire.Dispatcher", Kind.BODY, "watchDeadlines"),
			Removal.of("connection.Lease", Kind.CLOCK, "<init>"), Removal.of("exchange.Progress", Kind.CLOCK, "<init>"),
			Removal.of("exchange.Progress", Kind.FIELD, "begunAt"),
			Removal.of("exchange.Progress", Kind.FIELD, "deadline"),
			Removal.of("exchange.Progress", Kind.BODY, "requestSent"),
			Removal.of("exchange.Progress", Kind.BODY, "begins"));

	private static final List<Removal> REPLAY = List.of(Removal.of("host.ReplayBudget", Kind.BODY, "requested"),
			Removal.of("exchange.Exchange", Kind.BODY, "retry"), Removal.of("exchange.Exchange", Kind.FIELD, "attempt"),
			Removal.of("exchange.Exchange", Kind.FIELD, "replaced"), Removal.of("exchange.Progress", Kind.BODY, "sent"),
			Removal.of("exchange.Progress", Kind.BODY, "heard"),
			Removal.of("reactor.ReactorExchange", Kind.FIELD, "request"),
			Removal.of("exchange.Progress", Kind.FIELD, "written"),
			Removal.of("exchange.Progress", Kind.FIELD, "repeatable"),
			Removal.of("exchange.Progress", Kind.FIELD, "heard"));

	static final List<Removal> ALL = Stream.of(DEADLINES, REPLAY).flatMap(List::stream).toList();

	/** That, and tracking. */
	static final List<Removal> WITH_TRACKING = Stream.of(Tracking.ALL, ALL).flatMap(List::stream).toList();

	private Safeguards() {
	}

}
