package dev.connpool.pool.host;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import dev.connpool.settings.ReplaySettings;

/**
 * How many requests to hosts that share a budget may be sent again, so that an outage is
 * not amplified: a share of the requests of the last ten seconds, and a few more. Safe
 * for use by many threads.
 */
public final class ReplayBudget {

	private static final int WINDOW_SECONDS = 10;

	private static final long WINDOW = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);

	private final ReplaySettings settings;

	private final LongAdder requests = new LongAdder();

	private final AtomicReference<Window> window;

	/**
	 * Create a budget of which nothing is used up.
	 * @param settings say how large it is
	 * @param now the current time, in terms of {@link System#nanoTime()}
	 */
	public ReplayBudget(ReplaySettings settings, long now) {
		this.settings = settings;
		this.window = new AtomicReference<>(new Window(now, 0, 0, 0, 0));
	}

	/**
	 * Count a request, not counting those sent again.
	 */
	public void requested() {
		this.requests.increment();
	}

	/**
	 * Ask for leave to send a request again.
	 * @param now the current time, in terms of {@link System#nanoTime()}
	 * @return whether there was some left, which is then used
	 */
	public boolean take(long now) {
		while (true) {
			Window before = Objects.requireNonNull(this.window.get());
			Window current = before.at(now, this.requests.sum());
			if (current.replays(now) + 1 > allowed(current, now)) {
				return false;
			}
			if (this.window.compareAndSet(before, current.plusOne())) {
				return true;
			}
		}
	}

	private double allowed(Window current, long now) {
		return this.settings.budgetRatio() * current.requests(now, this.requests.sum())
				+ this.settings.minPerSecond() * WINDOW_SECONDS;
	}

	/**
	 * What was counted since some time, and in the ten seconds before.
	 *
	 * @param begun when it begins
	 * @param requestsBefore the requests counted until then
	 * @param earlierRequests those of the ten seconds before
	 * @param replays the requests sent again since
	 * @param earlierReplays those of the ten seconds before
	 */
	private record Window(long begun, long requestsBefore, double earlierRequests, long replays,
			double earlierReplays) {

		Window at(long now, long requestsSoFar) {
			long elapsed = now - this.begun;
			if (elapsed < WINDOW) {
				return this;
			}
			long whole = elapsed / WINDOW;
			// Nobody looked when it ended: requests are taken to be evenly spread.
			// Nothing
			// was sent again since, or somebody would have looked.
			double since = requestsSoFar - this.requestsBefore;
			double spread = since * WINDOW / elapsed;
			long current = (long) (since * (elapsed % WINDOW) / elapsed);
			return new Window(this.begun + whole * WINDOW, requestsSoFar - current, spread, 0,
					(whole == 1) ? this.replays : 0);
		}

		Window plusOne() {
			return new Window(this.begun, this.requestsBefore, this.earlierRequests, this.replays + 1,
					this.earlierReplays);
		}

		double requests(long now, long requestsSoFar) {
			return requestsSoFar - this.requestsBefore + this.earlierRequests * rest(now);
		}

		double replays(long now) {
			return this.replays + this.earlierReplays * rest(now);
		}

		private double rest(long now) {
			return 1 - (double) (now - this.begun) / WINDOW;
		}

	}

}
