package dev.connpool.pool.dial;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.ConnectionSpec;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of one dial to get connected to any of several addresses (Happy Eyeballs,
 * RFC 8305, section 5): when one takes long another is begun beside it, and the first one
 * that is connected wins. On the event loop of the dial.
 */
final class HappyEyeballs {

	/** The Connection Attempt Delay that the RFC recommends. */
	static final long DELAY_MILLIS = 250;

	private final Dial dial;

	private final ConnectionSpec spec;

	private final EventLoop eventLoop;

	private final DialLookup lookup;

	private final List<ConnectionAttempt> attempts = new ArrayList<>();

	private final Set<SocketAddress> tried = new LinkedHashSet<>();

	private @Nullable Future<?> nextAttempt;

	private @Nullable Throwable failure;

	/** Whether every address has been tried, or is by an attempt that is under way. */
	private boolean exhausted;

	private @Nullable PooledConnection winner;

	private boolean over;

	HappyEyeballs(Dial dial, ConnectionSpec spec, EventLoop eventLoop, DialLookup lookup) {
		this.dial = dial;
		this.spec = spec;
		this.eventLoop = eventLoop;
		this.lookup = lookup;
	}

	void begin(SocketAddress target) {
		assert this.dial.inEventLoop();
		ConnectionAttempt attempt = new ConnectionAttempt(this);
		this.attempts.add(attempt);
		this.spec.connect(target, this.lookup, attempt, this.eventLoop).subscribe(attempt);
	}

	/**
	 * Return whether the calling thread may do what belongs to the dial. For assertions.
	 * @return whether it is that of its event loop
	 */
	boolean inEventLoop() {
		return this.dial.inEventLoop();
	}

	PooledConnection prepare(Channel channel) {
		return this.dial.prepare(channel, this.over);
	}

	/**
	 * Note that an address is about to be connected to.
	 * @param address the address
	 * @param target what it was resolved from
	 * @return whether nobody has tried it
	 */
	boolean tries(SocketAddress address, SocketAddress target) {
		assert this.dial.inEventLoop();
		if (this.over || !this.tried.add(address)) {
			return false;
		}
		stopTimer();
		if (!this.exhausted && this.tried.size() < this.lookup.size()) {
			this.nextAttempt = this.eventLoop.schedule(() -> begin(target), DELAY_MILLIS, TimeUnit.MILLISECONDS);
		}
		return true;
	}

	/**
	 * Note why an address could not be connected to.
	 * @param cause what was reported
	 */
	void failed(Throwable cause) {
		assert this.dial.inEventLoop();
		this.failure = cause;
	}

	/**
	 * Note that an attempt has nothing left to try.
	 * @param attempt the attempt
	 * @param cause what was reported last
	 */
	void ended(ConnectionAttempt attempt, Throwable cause) {
		assert this.dial.inEventLoop();
		this.attempts.remove(attempt);
		this.exhausted = true;
		stopTimer();
		if (this.attempts.isEmpty() && !this.over) {
			Throwable known = this.failure;
			this.dial.failed((known != null) ? known : cause);
		}
	}

	/**
	 * Note that a connection is connected. The first one wins.
	 * @param connection the connection
	 * @return whether it is the winner
	 */
	boolean wins(PooledConnection connection) {
		assert this.dial.inEventLoop();
		if (!this.over) {
			this.winner = connection;
			this.attempts.removeIf((attempt) -> attempt.opened(connection));
			cancel();
			this.dial.chosen(connection);
		}
		return this.winner == connection;
	}

	boolean isWinner(PooledConnection connection) {
		return this.winner == connection;
	}

	/**
	 * Close what is not connected yet, and begin nothing more.
	 */
	void cancel() {
		assert this.dial.inEventLoop();
		this.over = true;
		stopTimer();
		List.copyOf(this.attempts).forEach(ConnectionAttempt::cancel);
		this.attempts.clear();
	}

	private void stopTimer() {
		if (this.nextAttempt != null) {
			this.nextAttempt.cancel(false);
		}
	}

	/**
	 * Return what was connected to, or would have been.
	 * @return the addresses, first come first
	 */
	List<SocketAddress> tried() {
		return List.copyOf(this.tried);
	}

	/**
	 * Return when the name was resolved.
	 * @return the time, in terms of {@link System#nanoTime()}
	 */
	long resolvedAt() {
		return this.lookup.answeredAt();
	}

}
