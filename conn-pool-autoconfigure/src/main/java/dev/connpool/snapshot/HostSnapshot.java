package dev.connpool.snapshot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.connpool.snapshot.ConnectionSnapshot.State;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client to one host at one instant.
 *
 * @param protocol the ALPN id of what was last negotiated, or {@code null} before that
 * @param proxy the proxy that it is reached through, or {@code null}
 * @param generation how often the settings of its connections or their TLS context were
 * loaded
 * @param connections the connections by state
 * @param streams the HTTP/2 streams
 * @param addresses what the name of the host, or of its proxy, stands for, as far as it
 * is kept; none for a literal address
 * @param pools the pools that hold connections which do not drain, one for each way of
 * securing and configuring them
 * @param pendingAcquires the callers that wait for a connection
 * @param longestWait for how long the first of them has waited, or {@code null} if nobody
 * waits
 * @param serverIdleLimit the idle time after which the server closes connections, as
 * learned from when it did, or {@code null} if it is not known
 * @param leaking the exchanges that were reported because nobody reads their response
 * @param counters what happened so far
 * @param latency how long the requests of the last minute took
 * @param errors what went wrong last, of each kind, the latest first
 * @param certificate when the certificate of the host is valid, or {@code null} if there
 * is none
 * @param connectionList the connections, if they were asked for; cut at a bound
 * @param omittedConnections how many connections were cut from the list
 */
public record HostSnapshot(@Nullable String protocol, @Nullable String proxy, int generation, Connections connections,
		Streams streams, List<Address> addresses, int pools, int pendingAcquires, @Nullable Duration longestWait,
		@Nullable Duration serverIdleLimit, int leaking, Counters counters, Latency latency, List<LastError> errors,
		@Nullable Validity certificate, @Nullable List<ConnectionSnapshot> connectionList, int omittedConnections) {

	/**
	 * A host of which nothing is known.
	 */
	public static final HostSnapshot UNKNOWN = new HostSnapshot(null, null, 0, Connections.of(Map.of()),
			new Streams(0, 0), List.of(), 0, 0, null, null, 0, Counters.NONE, Latency.NONE, List.of(), null, null, 0);

	/**
	 * Add another pool to the same host, as there is one for each way of securing and
	 * configuring its connections.
	 * @param other the other
	 * @return both together
	 */
	public HostSnapshot plus(HostSnapshot other) {
		List<ConnectionSnapshot> list = null;
		if (this.connectionList != null && other.connectionList != null) {
			list = new ArrayList<>(this.connectionList);
			list.addAll(other.connectionList);
		}
		boolean later = other.generation >= this.generation;
		return new HostSnapshot(preferred(later, other.protocol, this.protocol),
				preferred(later, other.proxy, this.proxy), Math.max(this.generation, other.generation),
				this.connections.plus(other.connections), this.streams.plus(other.streams),
				Address.plus(this.addresses, other.addresses), this.pools + other.pools,
				this.pendingAcquires + other.pendingAcquires, longer(this.longestWait, other.longestWait),
				shorter(this.serverIdleLimit, other.serverIdleLimit), this.leaking + other.leaking,
				this.counters.plus(other.counters), later ? other.latency : this.latency,
				later ? other.errors : this.errors, later ? other.certificate : this.certificate, list,
				this.omittedConnections + other.omittedConnections);
	}

	/**
	 * Add connections.
	 * @param list the connections
	 * @param omitted how many were cut from the list
	 * @return the host with these
	 */
	public HostSnapshot with(List<ConnectionSnapshot> list, int omitted) {
		return new HostSnapshot(this.protocol, this.proxy, this.generation, this.connections, this.streams,
				this.addresses, this.pools, this.pendingAcquires, this.longestWait, this.serverIdleLimit, this.leaking,
				this.counters, this.latency, this.errors, this.certificate, list, omitted);
	}

	/**
	 * Return what went wrong last.
	 * @return the error, or {@code null} if nothing did
	 */
	public @Nullable LastError lastError() {
		return this.errors.isEmpty() ? null : this.errors.get(0);
	}

	private static @Nullable Duration longer(@Nullable Duration one, @Nullable Duration other) {
		return (one == null || (other != null && other.compareTo(one) > 0)) ? other : one;
	}

	private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
		return (one == null || (other != null && other.compareTo(one) < 0)) ? other : one;
	}

	private static @Nullable String preferred(boolean first, @Nullable String one, @Nullable String other) {
		String preferred = first ? one : other;
		return (preferred != null) ? preferred : first ? other : one;
	}

	/**
	 * Connections by state.
	 *
	 * @param connecting resolving the name and connecting the socket
	 * @param handshaking negotiating TLS
	 * @param active in use
	 * @param idle open and unused
	 * @param probing open, but suspected dead and not given out until a PING is answered
	 * @param draining not given out any more, closed when their exchanges end
	 */
	public record Connections(int connecting, int handshaking, int active, int idle, int probing, int draining) {

		/**
		 * Count connections.
		 * @param states how many there are in each state
		 * @return the counts
		 */
		public static Connections of(Map<State, Integer> states) {
			return new Connections(states.getOrDefault(State.CONNECTING, 0), states.getOrDefault(State.HANDSHAKING, 0),
					states.getOrDefault(State.ACTIVE, 0), states.getOrDefault(State.IDLE, 0),
					states.getOrDefault(State.PROBING, 0), states.getOrDefault(State.DRAINING, 0));
		}

		Connections plus(Connections other) {
			return new Connections(this.connecting + other.connecting, this.handshaking + other.handshaking,
					this.active + other.active, this.idle + other.idle, this.probing + other.probing,
					this.draining + other.draining);
		}

		/**
		 * Return all connections.
		 * @return the number of connections in any state
		 */
		public int total() {
			return this.connecting + this.handshaking + this.active + this.idle + this.probing + this.draining;
		}

	}

	/**
	 * HTTP/2 streams.
	 *
	 * @param active the open streams of all connections
	 * @param limit the streams that the open connections allow
	 */
	public record Streams(int active, long limit) {

		Streams plus(Streams other) {
			return new Streams(this.active + other.active, this.limit + other.limit);
		}

	}

	/**
	 * One address of a host.
	 *
	 * @param address the IP address and port
	 * @param connections the connections to it that do not drain
	 * @param streams their open HTTP/2 streams
	 * @param requests the exchanges that were begun on connections to it
	 * @param failed how many of these failed
	 * @param headers how long it took to the header of their responses in the last
	 * minute, or {@code null} if there was none
	 */
	public record Address(String address, int connections, int streams, long requests, long failed,
			@Nullable Quantiles headers) {

		private static List<Address> plus(List<Address> one, List<Address> other) {
			Map<String, Address> sum = new LinkedHashMap<>();
			Stream.concat(one.stream(), other.stream())
				.forEach((each) -> sum.merge(each.address, each, (left, right) -> left.plus(right)));
			return List.copyOf(sum.values());
		}

		// Requests are remembered of the host, whichever pool serves it.
		private Address plus(Address other) {
			return new Address(this.address, this.connections + other.connections, this.streams + other.streams,
					Math.max(this.requests, other.requests), Math.max(this.failed, other.failed),
					(other.headers != null) ? other.headers : this.headers);
		}

	}

	/**
	 * What happened so far. {@code opened - closed} is the number of connections that are
	 * open, {@code dialled - opened - dialFailed} that of connections that are being
	 * opened.
	 *
	 * @param dialled connections that were begun
	 * @param opened connections that were opened
	 * @param dialFailed connections that could not be opened
	 * @param closed connections that were open and have ended
	 * @param acquired exchanges that were given a connection
	 * @param reused exchanges that were given a connection that had served another
	 * @param handshakes TLS handshakes that succeeded
	 * @param failed requests that failed, those included that were answered with a status
	 * of 500 to 599
	 * @param timedOut those of them for which a deadline passed
	 * @param turnedAway callers that got no connection because as many as allowed were
	 * open
	 * @param resetsSent HTTP/2 streams that the client reset
	 * @param leaks exchanges that were reported because nobody read their response
	 * @param closedByReason {@code closed} by reason, such as {@code idle-timeout}
	 * @param dialFailedByReason {@code dialFailed} by reason, such as
	 * {@code connect-error}
	 * @param failedByKind {@code failed} by kind, such as {@code response-timeout}
	 * @param replaysByReason exchanges that were sent again, by reason
	 */
	public record Counters(long dialled, long opened, long dialFailed, long closed, long acquired, long reused,
			long handshakes, long failed, long timedOut, long turnedAway, long resetsSent, long leaks,
			Map<String, Long> closedByReason, Map<String, Long> dialFailedByReason, Map<String, Long> failedByKind,
			Map<String, Long> replaysByReason) {

		/**
		 * Nothing has happened.
		 */
		public static final Counters NONE = new Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, Map.of(), Map.of(),
				Map.of(), Map.of());

		Counters plus(Counters other) {
			return new Counters(this.dialled + other.dialled, this.opened + other.opened,
					this.dialFailed + other.dialFailed, this.closed + other.closed, this.acquired + other.acquired,
					this.reused + other.reused, this.handshakes + other.handshakes, this.failed + other.failed,
					this.timedOut + other.timedOut, this.turnedAway + other.turnedAway,
					this.resetsSent + other.resetsSent, this.leaks + other.leaks,
					sum(this.closedByReason, other.closedByReason),
					sum(this.dialFailedByReason, other.dialFailedByReason), sum(this.failedByKind, other.failedByKind),
					sum(this.replaysByReason, other.replaysByReason));
		}

		private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
			Map<String, Long> sum = new TreeMap<>(one);
			other.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
			return sum;
		}

	}

}
