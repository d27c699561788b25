package dev.connpool.pool;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.connpool.settings.ReplaySettings;
import org.jspecify.annotations.Nullable;

/**
 * What makes an exchange a repetition: why the request is sent again, and for which time.
 * Its outcome is told once, on any thread.
 */
final class Replay {

	private static final int MAX_ATTEMPTS = 6;

	private static final long FIRST_BACKOFF = TimeUnit.MILLISECONDS.toNanos(10);

	private final HostPool pool;

	private final ReplayReason reason;

	private final int attempt;

	private final AtomicBoolean told = new AtomicBoolean();

	private Replay(HostPool pool, ReplayReason reason, int attempt) {
		this.pool = pool;
		this.reason = reason;
		this.attempt = attempt;
		pool.counters().replayed(reason);
	}

	/**
	 * Say what forbids that a request is sent again whatever the reason.
	 * @param host the host
	 * @param attempt for which time it was sent
	 * @return a sentence, or {@code null} if nothing does
	 */
	static @Nullable String obstacle(Host host, int attempt) {
		if (!host.settings().replay().enabled()) {
			return "It was not sent again because 'replay.enabled' is false.";
		}
		return (attempt >= MAX_ATTEMPTS) ? "It was sent %d times.".formatted(attempt) : null;
	}

	/**
	 * Repeat a request if the budget of the client allows.
	 * @param pool the host
	 * @param reason why it is sent again
	 * @param attempt for which time it was sent
	 * @return the repetition, or {@code null} if the budget is used up
	 */
	static @Nullable Replay begin(HostPool pool, ReplayReason reason, int attempt) {
		if (!pool.client().replayBudget().take(System.nanoTime())) {
			tell(pool, reason, "rejected");
			return null;
		}
		return new Replay(pool, reason, attempt + 1);
	}

	static String exhausted(Host host) {
		ReplaySettings settings = host.settings().replay();
		return ("It was not sent again because too many requests were of late:"
				+ " 'replay.budget-ratio' allows %s of the requests, 'replay.min-per-second' %d each second besides.")
			.formatted(settings.budgetRatio(), settings.minPerSecond());
	}

	int attempt() {
		return this.attempt;
	}

	/**
	 * Tell whether a connection has to be found that did not exist, or was in use, when
	 * the one before broke.
	 * @return whether idle connections are suspect
	 */
	boolean wantsFresh() {
		return this.reason == ReplayReason.CONNECTION_LOST;
	}

	/**
	 * Return how long to wait. A server that refuses streams is given time, the more the
	 * oftener it did; others are asked at once.
	 * @return the time in nanoseconds
	 */
	long backoff() {
		if (this.reason != ReplayReason.REFUSED_STREAM) {
			return 0;
		}
		long longest = FIRST_BACKOFF << (this.attempt - 1);
		return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
	}

	/**
	 * Note how it went; what is noted first stands.
	 * @param answered whether a response arrived
	 */
	void ended(boolean answered) {
		if (this.told.compareAndSet(false, true)) {
			tell(this.pool, this.reason, answered ? "answered" : "failed");
		}
	}

	private static void tell(HostPool pool, ReplayReason reason, String outcome) {
		Host host = pool.host();
		pool.client()
			.listeners()
			.tell((listener) -> listener.replayed(host.client(), host.origin(), reason.toString(), outcome));
	}

}
