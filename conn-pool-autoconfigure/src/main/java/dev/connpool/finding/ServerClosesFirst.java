package dev.connpool.finding;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import dev.connpool.snapshot.ClosedConnection;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a server closes idle connections before the client does, and learns after
 * which time.
 */
final class ServerClosesFirst implements Rule.HostCheck {

	/** Fewer connections teach nothing. */
	private static final int FEW = 3;

	private static final Duration TOLERANCE = Duration.ofSeconds(1);

	private static final Set<String> BY_THE_SERVER = Set.of("peer-closed", "peer-reset", "goaway");

	@Override
	public @Nullable String check(HostEvidence host) {
		List<ClosedConnection> closed = host.recentlyClosed()
			.stream()
			.filter((connection) -> connection.idleFor() != null && BY_THE_SERVER.contains(connection.reason()))
			.sorted(Comparator.comparing(ClosedConnection::closedAt))
			.toList();
		Duration learned = (closed.size() < FEW) ? null : learned(closed);
		Duration configured = host.settings().pool().idleTimeout();
		if (learned == null || (!configured.isZero() && configured.compareTo(learned) <= 0)) {
			return null;
		}
		return "The server closed %d of the last connections after they had been idle for about %s, before the idle timeout of %s; a request that is sent just then is lost. Set %s to '%s'."
			.formatted(closed.size(), ClientEvidence.text(learned),
					configured.isZero() ? "none" : ClientEvidence.text(configured),
					host.client().property("pool.idle-timeout"), ClientEvidence.text(justUnder(learned)));
	}

	/**
	 * Learn after which time a server closes. One that restarts closes whatever is idle,
	 * at one instant or after different times.
	 * @param closed what it closed, in order
	 * @return the shortest time, or {@code null} if it is not a matter of time
	 */
	private static @Nullable Duration learned(List<ClosedConnection> closed) {
		List<Duration> idle = closed.stream()
			.map((connection) -> Objects.requireNonNull(connection.idleFor()))
			.sorted()
			.toList();
		Duration shortest = idle.get(0);
		Duration longest = idle.get(idle.size() - 1);
		Duration span = Duration.between(closed.get(0).closedAt(), closed.get(closed.size() - 1).closedAt());
		boolean alike = longest.compareTo(shortest.multipliedBy(5).dividedBy(4).plus(TOLERANCE)) <= 0;
		return (alike && span.compareTo(shortest.dividedBy(2)) > 0) ? shortest : null;
	}

	private static Duration justUnder(Duration idle) {
		Duration less = idle.multipliedBy(9).dividedBy(10);
		return (less.toSeconds() > 0) ? Duration.ofSeconds(less.toSeconds()) : Duration.ofMillis(less.toMillis());
	}

}
