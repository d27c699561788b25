package dev.connpool.pool;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.TransportConnector;

/**
 * The attempts of one dial to get connected to any of several addresses (Happy Eyeballs,
 * RFC 8305, section 5): when one takes long another is begun beside it, and the first one
 * that is connected wins. On the event loop of the dial.
 */
final class Race {

	/** The Connection Attempt Delay that the RFC recommends. */
	static final long DELAY_MILLIS = 250;

	private final Dial dial;

	private final HttpClientConfig config;

	private final EventLoop eventLoop;

	private final Lookup lookup;

	private final List<Lane> lanes = new ArrayList<>();

	private final Set<SocketAddress> tried = new LinkedHashSet<>();

	private @Nullable Future<?> nextLane;

	private @Nullable Throwable failure;

	/** Whether every address has been tried, or is by a lane that is under way. */
	private boolean exhausted;

	private @Nullable PooledConnection winner;

	private boolean over;

	Race(Dial dial, HttpClientConfig config, EventLoop eventLoop, Lookup lookup) {
		this.dial = dial;
		this.config = config;
		this.eventLoop = eventLoop;
		this.lookup = lookup;
	}

	void begin(SocketAddress target) {
		Lane lane = new Lane(this);
		this.lanes.add(lane);
		TransportConnector.connect(this.config, target, this.lookup, lane, this.eventLoop).subscribe(lane);
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
		if (this.over || !this.tried.add(address)) {
			return false;
		}
		stopTimer();
		if (!this.exhausted && this.tried.size() < this.lookup.size()) {
			this.nextLane = this.eventLoop.schedule(() -> begin(target), DELAY_MILLIS, TimeUnit.MILLISECONDS);
		}
		return true;
	}

	/**
	 * Note why an address could not be connected to.
	 * @param cause what was reported
	 */
	void failed(Throwable cause) {
		this.failure = cause;
	}

	/**
	 * Note that a lane has nothing left to try.
	 * @param lane the lane
	 * @param cause what was reported last
	 */
	void ended(Lane lane, Throwable cause) {
		this.lanes.remove(lane);
		this.exhausted = true;
		stopTimer();
		if (this.lanes.isEmpty() && !this.over) {
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
		if (!this.over) {
			this.winner = connection;
			this.lanes.removeIf((lane) -> lane.opened(connection));
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
		this.over = true;
		stopTimer();
		List.copyOf(this.lanes).forEach(Lane::cancel);
		this.lanes.clear();
	}

	private void stopTimer() {
		if (this.nextLane != null) {
			this.nextLane.cancel(false);
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
