package dev.connpool.pool.exchange;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import io.netty.channel.EventLoop;

/**
 * The exchanges of one client that are in flight, by event loop. Safe for use by many
 * threads.
 */
public final class ClientExchanges {

	private final Map<EventLoop, InFlightExchanges> inFlight = new ConcurrentHashMap<>();

	private final LongSupplier tick;

	/**
	 * Create exchanges, none at first.
	 * @param tick says how often deadlines are looked at, in nanoseconds
	 */
	public ClientExchanges(LongSupplier tick) {
		this.tick = tick;
	}

	/**
	 * Return those on one event loop.
	 * @param eventLoop the event loop
	 * @return the exchanges, as they come and go
	 */
	public InFlightExchanges on(EventLoop eventLoop) {
		InFlightExchanges known = this.inFlight.get(eventLoop);
		return (known != null) ? known
				: this.inFlight.computeIfAbsent(eventLoop, (loop) -> new InFlightExchanges(loop, this.tick));
	}

	/**
	 * Return the event loops that there are, or were, exchanges or connections on.
	 * @return the event loops, as they come and go
	 */
	public Set<EventLoop> eventLoops() {
		return this.inFlight.keySet();
	}

	/**
	 * End all on an event loop that is about to stop. On that event loop.
	 * @param eventLoop the event loop
	 */
	public void stopping(EventLoop eventLoop) {
		InFlightExchanges ending = this.inFlight.remove(eventLoop);
		if (ending != null) {
			ending.end();
		}
	}

}
