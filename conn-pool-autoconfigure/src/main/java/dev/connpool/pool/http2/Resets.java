package dev.connpool.pool.http2;

import java.util.function.BooleanSupplier;

import dev.connpool.pool.connection.PooledConnection;

/**
 * Paces the streams of one connection that the client resets: servers take too many for
 * an attack and close the connection. Before there are too many, requests go to another
 * one, and what is left on this one ends with it. Only used on the event loop of the
 * connection.
 */
final class Resets {

	/** Most in thirty seconds. Servers of Netty allow 200. */
	static final int LIMIT = 150;

	/** So many are no storm, however many streams are open. */
	private static final int STORM = LIMIT / 2;

	private final PooledConnection connection;

	/** Has requests go to another connection, if there may be one. */
	private BooleanSupplier leave = () -> false;

	private final ResetWindow sent;

	/** Whether requests go to another connection. */
	private boolean leaving;

	Resets(PooledConnection connection) {
		this.connection = connection;
		this.sent = new ResetWindow(connection.channel().eventLoop());
	}

	/**
	 * Say how requests come to go to another connection.
	 * @param leave has them go there, and returns whether they do
	 */
	void whenTooMany(BooleanSupplier leave) {
		assert this.connection.inEventLoop();
		this.leave = leave;
	}

	/**
	 * Tell whether the server is told that a stream is reset, and count it.
	 * @param streams how many are open, this one included
	 * @param now the current time
	 * @return whether it is told; if not, the stream ends with the connection
	 */
	boolean permit(int streams, long now) {
		assert this.connection.inEventLoop();
		int recently = this.sent.count(now);
		if (!this.leaving && recently + 1 >= STORM && recently + streams >= LIMIT) {
			this.leaving = this.leave.getAsBoolean();
		}
		if (this.leaving && recently >= LIMIT) {
			return false;
		}
		this.sent.add(now);
		this.connection.events().resetSent();
		return true;
	}

}
