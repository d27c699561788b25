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
	 * Connections by state.
	 *
	 * @param connecting being opened
	 * @param active in use
	 * @param idle open and unused
	 * @param draining not given out any more, closed when their exchanges end
	 */
	public record Connections(int connecting, int active, int idle, int draining) {
	}

	/**
	 * HTTP/2 streams.
	 *
	 * @param active the open streams of all connections
	 * @param limit the streams that the open connections allow
	 */
	public record Streams(int active, long limit) {
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
	}

}
