package dev.connpool.pool.replay;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.ReplayBudget;
import dev.connpool.pool.host.ReplayReason;
import dev.connpool.settings.ReplaySettings;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * What makes an exchange a repetition: why the request is sent again, and its number. Its
 * outcome is told once, on any thread.
 */
public final class Attempt {

	/** Why a request is not sent again for which there is no time left. */
	public static final String TOO_LATE = "It was not sent again because the request deadline would have passed first.";

	private static final int MAX_ATTEMPTS = 6;

	private static final long FIRST_BACKOFF = TimeUnit.MILLISECONDS.toNanos(10);

	private static final long LONGEST_BACKOFF = TimeUnit.SECONDS.toNanos(60);

	private final HostEvents events;

	private final ReplayReason reason;

	/** Whether a connection has broken under this request. */
	private final boolean lost;

	private final int number;

	private final long backoff;

	private final AtomicBoolean told = new AtomicBoolean();

	private volatile @Nullable Future<?> timer;

	private Attempt(HostEvents events, ReplayReason reason, @Nullable Attempt before, long backoff) {
		this.events = events;
		this.reason = reason;
		this.lost = reason == ReplayReason.CONNECTION_LOST || isLost(before);
		this.number = number(before) + 1;
		this.backoff = backoff;
		events.replayed(reason);
	}

	/**
	 * Say what forbids that a request is sent again although there is a reason.
	 * @param host the host
	 * @param reason the reason
	 * @param before the repetition that it was, or {@code null} if it was none
	 * @return a sentence, or {@code null} if nothing does
	 */
	public static @Nullable String obstacle(Host host, ReplayReason reason, @Nullable Attempt before) {
		if (!host.replay().enabled()) {
			return "It was not sent again because '%s' is false.".formatted(host.property("replay.enabled"));
		}
		if (reason == ReplayReason.CONNECTION_LOST && isLost(before)) {
			return "It was not sent again because two connections broke under it: a third might.";
		}
		int number = number(before);
		return (number >= MAX_ATTEMPTS) ? "It was sent %d times.".formatted(number) : null;
	}

	/**
	 * Return the number of an attempt.
	 * @param attempt the repetition that it is, or {@code null} if it is none
	 * @return the number, from 1
	 */
	public static int number(@Nullable Attempt attempt) {
		return (attempt != null) ? attempt.number : 1;
	}

	private static boolean isLost(@Nullable Attempt attempt) {
		return attempt != null && attempt.lost;
	}

	/**
	 * Repeat a request if the budget of the client allows.
	 * @param budget caps what is sent again
	 * @param events where that is noted
	 * @param reason why it is sent again
	 * @param before the repetition that it was, or {@code null} if it was none
	 * @param backoff how long to wait, in nanoseconds
	 * @return the repetition, or {@code null} if the budget is used up
	 */
	public static @Nullable Attempt begin(ReplayBudget budget, HostEvents events, ReplayReason reason,
			@Nullable Attempt before, long backoff) {
		if (!budget.take(System.nanoTime())) {
			events.replayEnded(reason, "rejected");
			return null;
		}
		return new Attempt(events, reason, before, backoff);
	}

	/**
	 * Say why a request is not sent again for which there is no budget.
	 * @param host the host
	 * @return a sentence
	 */
	public static String exhausted(Host host) {
		ReplaySettings settings = host.replay();
		return ("It was not sent again because too many requests were of late:"
				+ " '%s' allows %s of the requests, '%s' %d each second besides.")
			.formatted(host.property("replay.budget-ratio"), settings.budgetRatio(),
					host.property("replay.min-per-second"), settings.minPerSecond());
	}

	/**
	 * Return whether only a new or a busy connection will do. Idle ones may have broken
	 * together with the one that was lost.
	 * @return whether idle connections are suspect
	 */
	public boolean wantsFresh() {
		return this.reason == ReplayReason.CONNECTION_LOST;
	}

	/**
	 * Return how long to wait. A server that refuses is given time, more with each
	 * attempt; others are asked at once.
	 * @param reason why a request is sent again
	 * @param attempt the number of the attempt before
	 * @return the time in nanoseconds
	 */
	public static long backoff(ReplayReason reason, int attempt) {
		if (reason != ReplayReason.REFUSED_STREAM && reason != ReplayReason.STATUS) {
			return 0;
		}
		long longest = FIRST_BACKOFF << attempt;
		return longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2);
	}

	/**
	 * Return how long a server wants to be left alone (RFC 9110, section 10.2.3).
	 * @param retryAfter the value of its {@code Retry-After}, or {@code null}
	 * @param attempt the number of the attempt before
	 * @return the time in nanoseconds, negative if it is longer than a caller would wait
	 */
	public static long backoff(@Nullable String retryAfter, int attempt) {
		if (retryAfter == null) {
			return backoff(ReplayReason.STATUS, attempt);
		}
		Duration wait;
		try {
			wait = retryAfter.matches("\\d+") ? Duration.ofSeconds(Long.parseLong(retryAfter)) : until(retryAfter);
		}
		catch (DateTimeException | ArithmeticException | NumberFormatException ex) {
			return backoff(ReplayReason.STATUS, attempt);
		}
		return (wait.compareTo(Duration.ofNanos(LONGEST_BACKOFF)) > 0) ? -1 : Math.max(0, wait.toNanos());
	}

	private static Duration until(String date) {
		return Duration.between(Instant.now(), Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)));
	}

	/**
	 * Do what sends the request again, in a while.
	 * @param eventLoop where to do it
	 * @param send sends the request
	 */
	public void schedule(EventLoop eventLoop, Runnable send) {
		try {
			if (this.backoff == 0) {
				eventLoop.execute(send);
			}
			else {
				this.timer = eventLoop.schedule(send, this.backoff, TimeUnit.NANOSECONDS);
			}
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped: the host refuses it.
			send.run();
		}
	}

	/**
	 * Note how it went; what is noted first stands.
	 * @param answered whether a response arrived
	 */
	public void ended(boolean answered) {
		if (this.told.compareAndSet(false, true)) {
			this.events.replayEnded(this.reason, answered ? "answered" : "failed");
			Future<?> waiting = this.timer;
			if (waiting != null) {
				waiting.cancel(false);
			}
		}
	}

}
