package dev.connpool.finding;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.HostSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * How a client looked in the last minutes. Not thread-safe.
 */
final class Observations {

	/** Looks that are kept. */
	private static final int KEPT = 30;

	private final long period;

	private final Deque<Look> looks = new ArrayDeque<>();

	Observations(Duration period) {
		this.period = period.toNanos();
	}

	void add(ClientSnapshot snapshot, long at) {
		this.looks.addLast(new Look(snapshot, at));
		if (this.looks.size() > KEPT) {
			this.looks.removeFirst();
		}
	}

	/**
	 * Compare a client with how it looked a period ago or earlier.
	 * @param client the client
	 * @param now how it looks now
	 * @param at the current time
	 * @return what is known about each host; nothing if the client has not been looked at
	 * for long enough
	 */
	List<HostEvidence> compare(ClientEvidence client, ClientSnapshot now, long at) {
		Look earlier = before(at);
		Look before = (earlier != null) ? earlier : new Look(now, at);
		return now.hosts()
			.entrySet()
			.stream()
			.filter((host) -> before.tells(host.getKey()))
			.map((host) -> evidence(client, host.getKey(), before, host.getValue(), new Look(now, at)))
			.toList();
	}

	private @Nullable Look before(long at) {
		for (Iterator<Look> latestFirst = this.looks.descendingIterator(); latestFirst.hasNext();) {
			Look look = latestFirst.next();
			if (at - look.at() >= this.period) {
				return look;
			}
		}
		return null;
	}

	private HostEvidence evidence(ClientEvidence client, String origin, Look before, HostSnapshot now, Look look) {
		List<ClosedConnection> closed = look.snapshot()
			.recentlyClosed()
			.stream()
			.filter((connection) -> connection.host().equals(origin))
			.toList();
		return new HostEvidence(client, origin, settings(client.settings(), origin), earlier(before.host(origin), now),
				now, Duration.ofNanos(look.at() - before.at()), closed, load(origin));
	}

	/**
	 * Return how a host looked before, unless it was forgotten since and its counters
	 * began again.
	 * @param before the host at the earlier instant
	 * @param now the host now
	 * @return what to compare with
	 */
	private static HostSnapshot earlier(HostSnapshot before, HostSnapshot now) {
		return (before.counters().dialled() <= now.counters().dialled()) ? before : HostSnapshot.UNKNOWN;
	}

	private static HostSettings settings(ClientSettings client, String origin) {
		int start = origin.indexOf("://");
		int colon = origin.lastIndexOf(':');
		if (start < 0 || colon <= start) {
			return HostSettings.of(client);
		}
		String host = origin.substring(start + 3, colon).replaceAll("[\\[\\]]", "");
		return client.host(host, Integer.parseInt(origin.substring(colon + 1)));
	}

	private HostEvidence.Load load(String origin) {
		List<Look> known = this.looks.stream().filter((look) -> look.snapshot().hosts().containsKey(origin)).toList();
		if (known.size() < 2) {
			return new HostEvidence.Load(known.size(), Duration.ZERO, 0, 0, 0);
		}
		Look first = known.get(0);
		Look last = known.get(known.size() - 1);
		Duration over = Duration.ofNanos(last.at() - first.at());
		long begun = last.host(origin).counters().acquired() - first.host(origin).counters().acquired();
		double busy = known.stream().mapToInt((look) -> look.host(origin).connections().active()).average().orElse(0);
		double waiting = known.stream().mapToInt((look) -> look.host(origin).pendingAcquires()).average().orElse(0);
		return new HostEvidence.Load(known.size(), over, busy, waiting, begun / (over.toNanos() / 1e9));
	}

	/**
	 * A client at one instant.
	 */
	private record Look(ClientSnapshot snapshot, long at) {

		/**
		 * Return whether something is known about a host, if only that there had been no
		 * request to it.
		 * @param origin the host
		 * @return whether it cannot be one of those that were left out
		 */
		boolean tells(String origin) {
			return this.snapshot.omittedHosts() == 0 || this.snapshot.hosts().containsKey(origin);
		}

		HostSnapshot host(String origin) {
			return this.snapshot.hosts().getOrDefault(origin, HostSnapshot.UNKNOWN);
		}

	}

}
