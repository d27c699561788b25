package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.pool.host.CloseReason;
import io.netty.handler.timeout.ReadTimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Ends an exchange whose server is silent for too long, from the end of the request on.
 * Time during which nobody waits for more does not count. Only made if that was asked
 * for; only used on the event loop of the connection.
 */
final class ReadTimeout implements Runnable {

	private final DirectExchange exchange;

	private final long longest;

	private long heardAt;

	private @Nullable Future<?> timer;

	private boolean stopped;

	private ReadTimeout(DirectExchange exchange, long longest) {
		this.exchange = exchange;
		this.longest = longest;
	}

	/**
	 * Watch an exchange from now on.
	 * @param exchange the exchange
	 * @param longest the longest silence, or {@code null} for any
	 * @return what watches it, or {@code null} if nothing has to
	 */
	static @Nullable ReadTimeout begin(DirectExchange exchange, @Nullable Duration longest) {
		if (longest == null || longest.isZero() || longest.isNegative()) {
			return null;
		}
		ReadTimeout timeout = new ReadTimeout(exchange, longest.toNanos());
		timeout.heard();
		timeout.schedule(timeout.longest);
		return timeout;
	}

	/**
	 * Note that something has arrived.
	 */
	void heard() {
		this.heardAt = System.nanoTime();
	}

	void stop() {
		this.stopped = true;
		if (this.timer != null) {
			this.timer.cancel(false);
		}
	}

	@Override
	public void run() {
		if (this.stopped) {
			return;
		}
		if (this.exchange.progress().isUnread()) {
			heard();
		}
		long left = this.heardAt + this.longest - System.nanoTime();
		if (left > 0) {
			schedule(left);
		}
		else {
			this.exchange.abort(ReadTimeoutException.INSTANCE, CloseReason.RESPONSE_TIMEOUT);
		}
	}

	private void schedule(long delay) {
		this.timer = this.exchange.eventLoop().schedule(this, delay, TimeUnit.NANOSECONDS);
	}

}
