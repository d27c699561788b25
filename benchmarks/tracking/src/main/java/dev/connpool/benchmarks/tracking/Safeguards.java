package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.benchmarks.tracking.Removal.Kind;

/**
 * What every request pays so that it ends in time, and may be sent again.
 */
final class Safeguards {

	private static final List<Removal> DEADLINES = List.of(Removal.of("ConnectionPool", Kind.ARGUMENT, "scoped"),
			Removal.of("InFlightExchanges", Kind.BODY, "add"), Removal.of("InFlightExchanges", Kind.BODY, "remove"),
			Removal.of("Dispatcher", Kind.BODY, "watchDeadlines"), Removal.of("Exchange", Kind.CLOCK, "<init>"),
			Removal.of("Progress", Kind.CLOCK, "<init>"), Removal.of("Progress", Kind.FIELD, "begunAt"),
			Removal.of("Progress", Kind.FIELD, "deadline"), Removal.of("Progress", Kind.BODY, "requestSent"),
			Removal.of("Progress", Kind.BODY, "begins"));

	private static final List<Removal> REPLAY = List.of(Removal.of("ReplayBudget", Kind.BODY, "requested"),
			Removal.of("Exchange", Kind.BODY, "retry"), Removal.of("Exchange", Kind.FIELD, "replay"),
			Removal.of("Exchange", Kind.FIELD, "replaced"), Removal.of("Progress", Kind.BODY, "prepared"),
			Removal.of("Progress", Kind.BODY, "sent"), Removal.of("Progress", Kind.BODY, "heard"),
			Removal.of("Progress", Kind.FIELD, "request"), Removal.of("Progress", Kind.FIELD, "written"),
			Removal.of("Progress", Kind.FIELD, "repeatable"), Removal.of("Progress", Kind.FIELD, "heard"));

	static final List<Removal> ALL = Stream.of(DEADLINES, REPLAY).flatMap(List::stream).toList();

	/** That, and tracking. */
	static final List<Removal> WITH_TRACKING = Stream.of(Tracking.ALL, ALL).flatMap(List::stream).toList();

	private Safeguards() {
	}

}
