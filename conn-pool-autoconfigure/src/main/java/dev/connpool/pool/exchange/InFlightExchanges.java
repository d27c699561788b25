package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

import dev.connpool.pool.connection.LeaseList;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.TimeoutSettings;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The exchanges in flight on one event loop, looked at every tick: no timer and no
 * operator per request. Only used on its event loop.
 */
public final class InFlightExchanges implements Runnable {

	private static final Logger log = Loggers.getLogger(InFlightExchanges.class);

	private static final long FINEST = TimeUnit.MILLISECONDS.toNanos(5);

	private static final long COARSEST = TimeUnit.MILLISECONDS.toNanos(100);

	private final EventLoop eventLoop;

	private final LongSupplier tick;

	private final LeaseList<Exchange> exchanges = new LeaseList<>();

	private boolean ticking;

	InFlightExchanges(EventLoop eventLoop, LongSupplier tick) {
		this.eventLoop = eventLoop;
		this.tick = tick;
	}

	/**
	 * Return how often deadlines are looked at: a twentieth of the shortest, so that an
	 * error is at most that late.
	 * @param settings say what the deadlines are
	 * @return the tick in nanoseconds
	 */
	public static long tick(ClientSettings settings) {
		Stream<TimeoutSettings> timeouts = Stream.concat(Stream.of(settings.timeouts()),
				settings.hosts().values().stream().map(HostSettings::timeouts));
		Stream<Duration> deadlines = timeouts.flatMap(InFlightExchanges::deadlines);
		long tick = Stream.concat(deadlines, Stream.of(settings.leaks().detectionThreshold()))
			.filter((deadline) -> !deadline.isZero())
			.mapToLong((deadline) -> deadline.toNanos() / 20)
			.min()
			.orElse(COARSEST);
		return Math.max(Math.min(tick, COARSEST), FINEST);
	}

	private static Stream<Duration> deadlines(TimeoutSettings timeouts) {
		return Stream.of(timeouts.acquire(), timeouts.responseHeader(), timeouts.request(), timeouts.streamIdle());
	}

	void add(Exchange exchange) {
		assert this.eventLoop.inEventLoop();
		this.exchanges.addLast(exchange);
		if (!this.ticking) {
			schedule();
		}
	}

	void remove(Exchange exchange) {
		assert this.eventLoop.inEventLoop();
		this.exchanges.remove(exchange);
	}

	/**
	 * End all: the event loop is about to stop.
	 */
	void end() {
		assert this.eventLoop.inEventLoop();
		for (Exchange first = first(); first != null; first = first()) {
			remove(first);
			first.abort();
		}
	}

	/**
	 * Return the exchange that is in flight for longest.
	 * @return the first exchange, or {@code null} if there is none
	 */
	public @Nullable Exchange first() {
		return this.exchanges.first();
	}

	/**
	 * Return what came after an exchange.
	 * @param exchange an exchange in flight
	 * @return the next, or {@code null} if it is the last
	 */
	public @Nullable Exchange next(Exchange exchange) {
		return this.exchanges.next(exchange);
	}

	@Override
	public void run() {
		assert this.eventLoop.inEventLoop();
		this.ticking = false;
		long now = System.nanoTime();
		@Nullable Exchange exchange = this.exchanges.first();
		while (exchange != null) {
			Exchange next = this.exchanges.next(exchange);
			check(exchange, now);
			// A caller that is told may have given up others.
			exchange = (next == null || this.exchanges.contains(next)) ? next : this.exchanges.first();
		}
		if (this.exchanges.size() > 0) {
			schedule();
		}
	}

	private static void check(Exchange exchange, long now) {
		try {
			exchange.look(now);
		}
		catch (Throwable ex) {
			// The deadlines of others have to be looked at, and those of later ones.
			log.error("The end of an exchange could not be told", ex);
		}
	}

	private void schedule() {
		this.ticking = true;
		this.eventLoop.schedule(this, this.tick.getAsLong(), TimeUnit.NANOSECONDS);
	}

}
