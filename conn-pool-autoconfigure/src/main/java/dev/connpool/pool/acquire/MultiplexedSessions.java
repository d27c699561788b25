package dev.connpool.pool.acquire;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Mailbox;
import org.jspecify.annotations.Nullable;

/**
 * The shared connections to one host, and which of them serves an exchange. Reserving and
 * counting are for any thread; adding and removing belong to the mailbox of the host.
 */
final class MultiplexedSessions {

	/** A stream more or less says nothing about who is busy. */
	private static final int NOISE = 1;

	private final Mailbox mailbox;

	private final boolean spread;

	private final AtomicInteger turn = new AtomicInteger();

	private volatile Session[] open = {};

	/**
	 * Create sessions.
	 * @param mailbox the mailbox of the host
	 * @param spread whether streams are spread over all connections instead of filling
	 * one after the other
	 */
	MultiplexedSessions(Mailbox mailbox, boolean spread) {
		this.mailbox = mailbox;
		this.spread = spread;
	}

	Session[] open() {
		return this.open;
	}

	void add(Session session) {
		assert this.mailbox.isInside();
		Session[] more = Arrays.copyOf(this.open, this.open.length + 1);
		more[more.length - 1] = session;
		this.open = more;
	}

	void remove(Session session) {
		assert this.mailbox.isInside();
		this.open = Arrays.stream(this.open).filter((other) -> other != session).toArray(Session[]::new);
	}

	/**
	 * Reserve a stream. Nobody waits for anybody.
	 * @return its connection, or {@code null} if there is none free
	 */
	@Nullable PooledConnection reserve() {
		Session[] sessions = this.open;
		Session least = (this.spread && sessions.length > 1) ? leastLoaded(sessions) : null;
		return (least != null && least.tryReserve()) ? least.connection() : reserveAny(sessions, Session::tryReserve);
	}

	/**
	 * Reserve a stream on a connection that did not lie idle.
	 * @return the connection, or {@code null} if there is none
	 */
	@Nullable PooledConnection reserveFresh() {
		return reserveAny(this.open, (session) -> !session.isStale() && session.tryReserve());
	}

	private static @Nullable PooledConnection reserveAny(Session[] sessions, Predicate<Session> reserve) {
		for (Session session : sessions) {
			if (reserve.test(session)) {
				return session.connection();
			}
		}
		return null;
	}

	// It is looked for from another one each time, so that equals are met in turn
	private @Nullable Session leastLoaded(Session[] sessions) {
		int first = Math.floorMod(this.turn.getAndIncrement(), sessions.length);
		Session least = null;
		int fewest = Integer.MAX_VALUE;
		for (int number = 0; number < sessions.length; number++) {
			Session session = sessions[(first + number) % sessions.length];
			int streams = session.active();
			if (streams < fewest - ((least != null) ? NOISE : 0) && streams < session.limit()) {
				least = session;
				fewest = streams;
			}
		}
		return least;
	}

	/**
	 * Count the connections that serve nobody for now. If the server allows no streams on
	 * one, another is tried, but not a third.
	 * @param wantsFresh whether those that lie idle do not serve
	 * @param strict whether none is tried instead of one that allows no streams
	 * @param drained whether a connection is not counted on anyway
	 * @return the number of connections not to count on, but for those
	 */
	int suspect(boolean wantsFresh, boolean strict, Predicate<PooledConnection> drained) {
		int suspect = 0;
		int useless = 0;
		for (Session session : this.open) {
			if (drained.test(session.connection())) {
				continue;
			}
			suspect += (session.isProbing() || (wantsFresh && session.isStale())) ? 1 : 0;
			useless += session.allowsNone() ? 1 : 0;
		}
		return suspect + (strict ? 0 : Math.min(useless, 1));
	}

	/**
	 * Count the connections that the server has not yet sent SETTINGS on.
	 * @return the number of connections
	 */
	int unready() {
		int fresh = 0;
		for (Session session : this.open) {
			fresh += session.isReady() ? 0 : 1;
		}
		return fresh;
	}

	/**
	 * Close one connection that lies idle, if there is one.
	 */
	void closeStale() {
		for (Session session : this.open) {
			if (session.isStale() && session.closeIfUnused(CloseReason.EVICTED)) {
				return;
			}
		}
	}

}
