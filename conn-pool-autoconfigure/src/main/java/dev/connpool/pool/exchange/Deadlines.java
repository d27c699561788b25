package dev.connpool.pool.exchange;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Ends exchanges that take too long: while they wait for a connection, and while they
 * have one.
 */
final class Deadlines {

	private Deadlines() {
	}

	/**
	 * Return the deadline of the request that an exchange is for.
	 * @param exchange the exchange
	 * @return when the caller gets an error in place of a response
	 */
	static long request(Exchange exchange) {
		return Deadline.after(exchange.requestedAt(), exchange.host().timeouts().request());
	}

	/**
	 * Say why an exchange has waited for too long.
	 * @param exchange the exchange
	 * @param now the current time
	 * @return the error, or {@code null} if it may go on waiting
	 */
	static @Nullable ConnPoolException overdue(Exchange exchange, long now) {
		TimeoutSettings timeouts = exchange.host().timeouts();
		if (Deadline.passed(request(exchange), now)) {
			return exchange.host().errors().requestTimeout("waiting for a connection; " + exchange.source().describe());
		}
		return Deadline.passed(Deadline.after(exchange.askedAt(), timeouts.acquire()), now)
				? exchange.source().acquireTimeout() : null;
	}

	/**
	 * End an exchange that takes too long on its connection. If the server was silent
	 * meanwhile, it is asked whether it is still there.
	 * @param exchange the exchange, on its event loop
	 * @param now the current time
	 * @return whether it is ended
	 */
	static boolean check(Exchange exchange, long now) {
		Progress progress = exchange.progress();
		ConnPoolException error = null;
		CloseReason reason = CloseReason.RESPONSE_TIMEOUT;
		if (!progress.isEventStream() && Deadline.passed(request(exchange), now)) {
			error = exchange.host().errors().requestTimeout(progress.doing());
			reason = CloseReason.REQUEST_TIMEOUT;
		}
		else if (progress.isOverdue(now)) {
			error = progress.isReading() ? exchange.host().errors().streamIdleTimeout()
					: exchange.host().errors().responseHeaderTimeout();
		}
		if (error != null) {
			exchange.granted().session().probeIfSilent(progress.begunAt(), now);
			exchange.abort(error, reason);
		}
		return error != null;
	}

}
