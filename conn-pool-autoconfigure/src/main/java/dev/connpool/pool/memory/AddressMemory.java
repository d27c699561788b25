package dev.connpool.pool.memory;

import java.util.Arrays;

import dev.connpool.snapshot.Quantiles;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What was counted of the requests to one address, by each event loop that has
 * connections to it. Event loops are added under the lock of the host; all else is for
 * any thread.
 */
public final class AddressMemory {

	private volatile Part[] parts = new Part[0];

	private volatile Window window = Window.EMPTY;

	/** Looks in a row at which there was no connection to the address. */
	private int unused;

	Tally tally(EventExecutor eventLoop) {
		this.unused = 0;
		for (Part part : this.parts) {
			if (part.eventLoop() == eventLoop) {
				return part.tally();
			}
		}
		Part added = new Part(eventLoop, new Tally());
		Part[] more = Arrays.copyOf(this.parts, this.parts.length + 1);
		more[more.length - 1] = added;
		this.parts = more;
		return added.tally();
	}

	long[] counts() {
		long[] sum = new long[Tally.SIZE];
		addTo(sum);
		return sum;
	}

	void addTo(long[] sum) {
		for (Part part : this.parts) {
			part.tally().addTo(sum);
		}
	}

	/**
	 * Note what is counted at a look.
	 * @param now when that is
	 * @param open whether there is a connection to the address
	 * @return for how many looks there has been none
	 */
	int look(long now, boolean open) {
		this.window = this.window.plus(counts(), now);
		this.unused = open ? 0 : this.unused + 1;
		return this.unused;
	}

	/**
	 * Return what is known of the address.
	 * @param now the current time
	 * @return the requests to it
	 */
	Requests requests(long now) {
		long[] counts = counts();
		long begun = 0;
		for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
			begun += counts[Tally.WAITS + bucket];
		}
		return new Requests(begun, counts[Tally.FAILED],
				Buckets.quantiles(this.window.sinceAMinute(counts, now), Tally.HEADERS));
	}

	/**
	 * The requests to one address.
	 *
	 * @param begun how many there were
	 * @param failed how many failed
	 * @param headers how long it took to the header of the response in the last minute,
	 * or {@code null} if there was none
	 */
	public record Requests(long begun, long failed, @Nullable Quantiles headers) {
	}

	/**
	 * What one event loop counts.
	 */
	private record Part(EventExecutor eventLoop, Tally tally) {
	}

}
