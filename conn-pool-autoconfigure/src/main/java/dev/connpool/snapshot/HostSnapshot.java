package dev.connpool.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * The connections of one client to one host at one instant.
 *
 * @param protocol the ALPN id of what was last negotiated, or {@code null} before that
 * @param connections the connections by state
 * @param streams the HTTP/2 streams
 * @param pendingAcquires the callers that wait for a connection
 * @param counters what happened so far
 */
public record HostSnapshot(@Nullable String protocol, Connections connections, Streams streams, int pendingAcquires,
		Counters counters) {

	/**
	 * Add another pool to the same host, as there is one for each way of securing and
	 * configuring its connections.
	 * @param other the other
	 * @return both together
	 */
	public HostSnapshot plus(HostSnapshot other) {
		return new HostSnapshot((other.protocol != null) ? other.protocol : this.protocol,
				this.connections.plus(other.connections), this.streams.plus(other.streams),
				this.pendingAcquires + other.pendingAcquires, this.counters.plus(other.counters));
	}

	/**
	 * Connections by state.
	 *
	 * @param connecting being opened
	 * @param active in use
	 * @param idle open and unused
	 * @param draining not given out any more, closed when their exchanges end
	 */
	public record Connections(int connecting, int active, int idle, int draining) {

		Connections plus(Connections other) {
			return new Connections(this.connecting + other.connecting, this.active + other.active,
					this.idle + other.idle, this.draining + other.draining);
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
	 */
	public record Counters(long opened, long closed, long acquired, long reused) {

		Counters plus(Counters other) {
			return new Counters(this.opened + other.opened, this.closed + other.closed, this.acquired + other.acquired,
					this.reused + other.reused);
		}

	}

}
