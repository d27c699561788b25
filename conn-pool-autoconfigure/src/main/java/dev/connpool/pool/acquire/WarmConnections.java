package dev.connpool.pool.acquire;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.Mailbox;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The connections to one host that are opened before anybody asks for one, and kept. Used
 * by the mailbox of the host alone.
 */
final class WarmConnections {

	private static final Logger log = Loggers.getLogger(WarmConnections.class);

	/** What is closed unused before that age may be closed again at once. */
	private static final long YOUNG = TimeUnit.SECONDS.toNanos(10);

	private static final long SHORTEST_PAUSE = TimeUnit.SECONDS.toNanos(1);

	private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(60);

	private final Mailbox mailbox;

	private final Host host;

	private final EventLoop eventLoop;

	private final Runnable wake;

	/** How to open one; {@code null} if none are kept. */
	private @Nullable ConnectionSpec spec;

	/** Told once when all are open, or one could not be opened. */
	private final List<Runnable> waiting = new ArrayList<>();

	private int failures;

	private long failedAt;

	private @Nullable Future<?> pause;

	/**
	 * Create connections, none of which are kept yet.
	 * @param mailbox the mailbox of the host
	 * @param host the host
	 * @param eventLoop where pauses are measured
	 * @param wake run after a pause, to ask again what is missing
	 */
	WarmConnections(Mailbox mailbox, Host host, EventLoop eventLoop, Runnable wake) {
		this.mailbox = mailbox;
		this.host = host;
		this.eventLoop = eventLoop;
		this.wake = wake;
	}

	/**
	 * Keep connections from now on.
	 * @param spec how to open one
	 * @param settled told once when all are open, or one could not be opened
	 */
	void keep(ConnectionSpec spec, Runnable settled) {
		assert this.mailbox.isInside();
		this.spec = spec;
		this.waiting.add(settled);
	}

	/**
	 * Keep none any more.
	 * @return how they were opened, or {@code null} if none were kept
	 */
	@Nullable ConnectionSpec end() {
		assert this.mailbox.isInside();
		ConnectionSpec spec = this.spec;
		this.spec = null;
		if (this.pause != null) {
			this.pause.cancel(false);
		}
		settle();
		return spec;
	}

	@Nullable ConnectionSpec spec() {
		assert this.mailbox.isInside();
		return this.spec;
	}

	/**
	 * Return how many connections are kept. One is enough for all if it is shared.
	 * @param dials say whether it is
	 * @return the number of connections; 0 if none are kept
	 */
	private int size(DialsUnderWay dials) {
		int minimum = (this.spec != null) ? this.host.pool().minIdleConnections() : 0;
		return dials.sharesConnections() ? Math.min(1, minimum) : minimum;
	}

	/**
	 * Tell how many connections to open.
	 * @param open the connections that are not about to be closed
	 * @param dials those that are being opened
	 * @return the number of dials to begin
	 */
	int missing(int open, DialsUnderWay dials) {
		assert this.mailbox.isInside();
		int missing = size(dials) - open;
		if (missing <= 0) {
			settle();
			return 0;
		}
		int underWay = dials.underWay().size();
		if (this.pause != null) {
			return 0;
		}
		return isFailing(System.nanoTime()) ? 1 - Math.min(1, underWay) : Math.max(0, missing - underWay);
	}

	/**
	 * Return whether a connection is kept although it is idle.
	 * @param open the connections that are not about to be closed
	 * @param dials say how many are kept
	 * @return whether there are no more than that
	 */
	boolean spares(long open, DialsUnderWay dials) {
		return open <= size(dials);
	}

	/**
	 * Note that a connection was closed.
	 * @param connection the connection
	 */
	void ended(PooledConnection connection) {
		boolean ordinary = connection.end().reason().isIntended() || connection.record().exchanges() > 0
				|| connection.record().age().toNanos() > YOUNG;
		if (!ordinary) {
			failed("Client '%s', host %s: %s before there was a request.".formatted(this.host.client(),
					this.host.origin(), connection.end().describe()));
		}
	}

	/**
	 * Note that a connection could not be opened, and pause before the next one.
	 * @param message why
	 */
	void failed(@Nullable String message) {
		assert this.mailbox.isInside();
		if (this.spec == null || this.pause != null) {
			return;
		}
		long now = System.nanoTime();
		if (!isFailing(now)) {
			this.failures = 0;
			log.warn("{} It is tried again in the background: '{}' asks for {} connections.", message,
					this.host.property("pool.min-idle-connections"), this.host.pool().minIdleConnections());
		}
		this.failedAt = now;
		long delay = Math.min(SHORTEST_PAUSE << Math.min(this.failures++, 6), LONGEST_PAUSE);
		pause(delay - ThreadLocalRandom.current().nextLong(delay / 2));
		settle();
	}

	private boolean isFailing(long now) {
		return this.failures > 0 && now - this.failedAt < 2 * LONGEST_PAUSE;
	}

	private void pause(long nanos) {
		try {
			this.pause = this.eventLoop.schedule(this.wake, nanos, TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			this.spec = null;
		}
	}

	/**
	 * Note that the pause is over.
	 */
	void resume() {
		assert this.mailbox.isInside();
		this.pause = null;
	}

	private void settle() {
		this.waiting.forEach(Runnable::run);
		this.waiting.clear();
	}

}
