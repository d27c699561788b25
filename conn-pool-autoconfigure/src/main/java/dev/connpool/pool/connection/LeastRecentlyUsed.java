package dev.connpool.pool.connection;

import java.util.Comparator;
import java.util.TreeSet;
import java.util.function.IntSupplier;

import dev.connpool.pool.host.Mailbox;

/**
 * Things of one kind that are unused, and which of them goes when there are too many: the
 * least recently used. Safe for use by many threads, without a lock.
 * <p>
 * What is used and unused again keeps its place until it comes to the front, and is put
 * where it belongs only then. So being used costs nothing here, and finding the one that
 * goes costs the logarithm of how many there are, once more for each that was used since
 * it was put there.
 */
public final class LeastRecentlyUsed {

	private final IntSupplier unused;

	private final IntSupplier most;

	private final Mailbox mailbox = new Mailbox(this::handle, this::makeRoom);

	private final TreeSet<Entry> entries = new TreeSet<>(Entry.BY_PLACE);

	/** Tells entries apart that became unused at the same time. */
	private long placed;

	/** How many were asked to go and have not answered yet. */
	private int leaving;

	/**
	 * Create an order, of nothing at first.
	 * @param unused counts what is unused
	 * @param most says how many may be
	 */
	public LeastRecentlyUsed(IntSupplier unused, IntSupplier most) {
		this.unused = unused;
		this.most = most;
	}

	/**
	 * Note that something is unused from now on.
	 * @param entry its entry, which says so already
	 */
	public void unused(Entry entry) {
		if (!entry.present) {
			this.mailbox.post(entry);
		}
	}

	/**
	 * Note that something is gone.
	 * @param entry its entry, which is never unused again
	 */
	public void gone(Entry entry) {
		this.mailbox.post((Runnable) () -> remove(entry));
	}

	/**
	 * Let go what is too much.
	 */
	public void limit() {
		if (this.unused.getAsInt() > this.most.getAsInt()) {
			this.mailbox.workOff();
		}
	}

	// In the mailbox

	private void handle(Object event) {
		if (event instanceof Entry entry) {
			place(entry);
		}
		else {
			((Runnable) event).run();
		}
	}

	// Whoever finds an entry present leaves it alone, so it has to be out of place before
	// it is asked how long it is unused
	private void place(Entry entry) {
		assert this.mailbox.isInside();
		long since = entry.unusedSince();
		if (!entry.present && since != 0) {
			entry.since = since;
			entry.number = this.placed++;
			entry.present = true;
			this.entries.add(entry);
		}
	}

	private void remove(Entry entry) {
		assert this.mailbox.isInside();
		if (entry.present) {
			this.entries.remove(entry);
			entry.present = false;
		}
	}

	private void makeRoom() {
		assert this.mailbox.isInside();
		while (this.unused.getAsInt() - this.leaving > this.most.getAsInt()) {
			Entry eldest = this.entries.pollFirst();
			if (eldest == null) {
				return;
			}
			eldest.present = false;
			if (eldest.unusedSince() == eldest.since) {
				letGo(eldest);
			}
			else {
				place(eldest);
			}
		}
	}

	private void letGo(Entry eldest) {
		assert this.mailbox.isInside();
		this.leaving++;
		eldest.letGo(eldest.since, () -> this.mailbox.post((Runnable) () -> {
			this.leaving--;
			place(eldest);
		}));
	}

	/**
	 * The place of one thing in the order.
	 */
	public abstract static class Entry {

		private static final Comparator<Entry> BY_PLACE = (one, other) -> Long
			.signum((one.since != other.since) ? one.since - other.since : one.number - other.number);

		/** Whether this has a place. Written in the mailbox. */
		private volatile boolean present;

		/** What {@link #unusedSince} said when this was put in its place. */
		private long since;

		private long number;

		/**
		 * Return since when the thing is unused. On any thread.
		 * @return when it was last used, in terms of nano time; 0 while it is in use, and
		 * when it is gone
		 */
		protected abstract long unusedSince();

		/**
		 * Let the thing go unless it was used meanwhile. On any thread.
		 * @param since when it was last used
		 * @param settled run when that is settled
		 */
		protected abstract void letGo(long since, Runnable settled);

	}

}
