package dev.connpool.pool.exchange;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.ReplayReason;
import dev.connpool.pool.replay.Attempt;
import dev.connpool.pool.replay.ReplayDecision;
import org.jspecify.annotations.Nullable;

/**
 * Has requests sent again: another exchange takes the place of one that was lost, or
 * whose response asks for it. On the event loop of that exchange.
 */
final class ReplayCoordinator {

	private ReplayCoordinator() {
	}

	/**
	 * Send a request again if that cannot do harm.
	 * @param lost the exchange, whose channel went away before the response began
	 * @param cause what was reported
	 * @return what the caller is told if it is not sent again
	 */
	static ConnPoolException lost(Exchange lost, Throwable cause) {
		assert lost.granted().inEventLoop();
		if (lost.eventLoop().isShuttingDown()) {
			return lost.source().unavailable();
		}
		ReplayDecision decision = lost.progress().decision();
		ReplayReason reason = decision.replay();
		String obstacle = (reason != null) ? repeat(lost, reason, Attempt.backoff(reason, lost.attempt()))
				: decision.obstacle();
		Throwable failure = lost.granted().end().failure();
		ConnPoolException error = lost.host()
			.errors()
			.lost(lost.describeEnd(), obstacle, (failure != null) ? failure : cause);
		if (!lost.isReplaced() && (lost.owner() == null || !lost.owner().isDone())) {
			lost.granted().failed(error);
		}
		return error;
	}

	/**
	 * Send a request again whose response asks for that.
	 * @param answered the exchange
	 * @param retryAfter the value of the {@code Retry-After} of the response, or
	 * {@code null}
	 */
	static void retry(Exchange answered, @Nullable String retryAfter) {
		repeat(answered, ReplayReason.STATUS, Attempt.backoff(retryAfter, answered.attempt()));
	}

	/**
	 * Have another exchange take the place of one, unless something forbids it or nobody
	 * waits.
	 * @param exchange the exchange
	 * @param reason why the request is sent again
	 * @param backoff how long to wait, in nanoseconds; negative for longer than anybody
	 * does
	 * @return what forbids it, as a sentence, or {@code null} if nothing does
	 */
	private static @Nullable String repeat(Exchange exchange, ReplayReason reason, long backoff) {
		Host host = exchange.host();
		ExchangeOwner owner = exchange.owner();
		String obstacle = Attempt.obstacle(host, reason, exchange.repetition());
		if (obstacle != null || owner == null || owner.isDone()) {
			return obstacle;
		}
		if (backoff < 0 || Deadline.passed(Deadlines.request(exchange), System.nanoTime() + backoff)) {
			return Attempt.TOO_LATE;
		}
		ConnectionSource source = exchange.source();
		Attempt next = Attempt.begin(source.replayBudget(), source.events(), reason, exchange.repetition(), backoff);
		if (next == null) {
			return Attempt.exhausted(host);
		}
		replace(exchange, next, owner);
		return null;
	}

	private static void replace(Exchange exchange, Attempt next, ExchangeOwner owner) {
		ConnectionSource source = exchange.source();
		Exchange successor = exchange.replace(next);
		owner.enter(successor);
		// Before the timer is set: a caller that gives up cancels it, and nothing else
		// would take this out.
		source.rests(successor);
		next.schedule(exchange.eventLoop(), () -> {
			successor.askAgain();
			source.replay(successor);
		});
	}

}
