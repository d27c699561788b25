package dev.connpool.snapshot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.snapshot.ConnectionSnapshot.State;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client to one host at one instant.
 *
 * @param protocol the ALPN id of what was last negotiated, or {@code null} before that
 * @param proxy the proxy that it is reached through, or {@code null}
 * @param generation how often the TLS context of its connections was loaded, or 0 if it
 * is never reloaded
 * @param connections the connections by state
 * @param streams the HTTP/2 streams
 * @param pools the pools that hold connections which do not drain, one for each way of
 * securing and configuring them
 * @param pendingAcquires the callers that wait for a connection
 * @param serverIdleLimit the idle time after which the server closes connections, as
 * learned from when it did, or {@code null} if it is not known
 * @param leaking the exchanges that were reported because nobody reads their response
 * @param counters what happened so far
 * @param connectionList the connections, if they were asked for; cut at a bound
 * @param omittedConnections how many connections were cut from the list
 */
public record HostSnapshot(@Nullable String protocol, @Nullable String proxy, int generation, Connections connections,
		Streams streams, int pools, int pendingAcquires, @Nullable Duration serverIdleLimit, int leaking,
		Counters counters, @Nullable List<ConnectionSnapshot> connectionList, int omittedConnections) {

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
		return new HostSnapshot((other.protocol != null) ? other.protocol : this.protocol,
				(other.proxy != null) ? other.proxy : this.proxy, Math.max(this.generation, other.generation),
				this.connections.plus(other.connections), this.streams.plus(other.streams), this.pools + other.pools,
				this.pendingAcquires + other.pendingAcquires, shorter(this.serverIdleLimit, other.serverIdleLimit),
				this.leaking + other.leaking, this.counters.plus(other.counters), list,
				this.omittedConnections + other.omittedConnections);
	}

	private static @Nullable Duration shorter(@Nullable Duration one, @Nullable Duration other) {
		return (one == null || (other != null && other.compareTo(one) < 0)) ? other : one;
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
	 * What happened so far. {@code opened - closed} is the number of connections.
	 *
	 * @param opened connections that were begun
	 * @param closed connections that ended, failed ones included
	 * @param acquired exchanges that were given a connection
	 * @param reused exchanges that were given a connection that had served another
	 * @param handshakes TLS handshakes that succeeded
	 * @param closedByReason {@code closed} by reason, such as {@code idle-timeout}
	 * @param replaysByReason exchanges that were sent again, by reason
	 * @param turnedAway callers that got no connection because as many as allowed were
	 * open
	 * @param leaks exchanges that were reported because nobody read their response
	 */
	public record Counters(long opened, long closed, long acquired, long reused, long handshakes,
			Map<String, Long> closedByReason, Map<String, Long> replaysByReason, long turnedAway, long leaks) {

		Counters plus(Counters other) {
			return new Counters(this.opened + other.opened, this.closed + other.closed, this.acquired + other.acquired,
					this.reused + other.reused, this.handshakes + other.handshakes,
					sum(this.closedByReason, other.closedByReason), sum(this.replaysByReason, other.replaysByReason),
					this.turnedAway + other.turnedAway, this.leaks + other.leaks);
		}

		private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
			Map<String, Long> sum = new TreeMap<>(one);
			other.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
			return sum;
		}

	}

}
