package dev.connpool.pool.connection;

import org.jspecify.annotations.Nullable;

/**
 * Leases in order of arrival. Intrusive, so that a lease leaves from anywhere in constant
 * time and without garbage; it is in one list at a time. Not thread-safe.
 *
 * @param <L> the kind of lease
 */
public final class LeaseList<L extends Lease> {

	private @Nullable Lease first;

	private @Nullable Lease last;

	private int size;

	public int size() {
		return this.size;
	}

	public @Nullable L first() {
		return mine(this.first);
	}

	public @Nullable L last() {
		return mine(this.last);
	}

	/**
	 * Return what came after a lease.
	 * @param lease a lease in this list
	 * @return the next, or {@code null} if it is the last
	 */
	public @Nullable L next(L lease) {
		return mine(lease.next);
	}

	@SuppressWarnings("unchecked")
	private @Nullable L mine(@Nullable Lease lease) {
		return (L) lease;
	}

	public boolean contains(L lease) {
		return lease.list == this;
	}

	public void addLast(L lease) {
		link(lease, this.last, null);
	}

	public void addFirst(L lease) {
		link(lease, null, this.first);
	}

	public void remove(L lease) {
		if (contains(lease)) {
			join(lease.previous, lease.next);
			lease.list = null;
			lease.previous = null;
			lease.next = null;
			this.size--;
		}
	}

	private void link(L lease, @Nullable Lease previous, @Nullable Lease next) {
		join(previous, lease);
		join(lease, next);
		lease.list = this;
		this.size++;
	}

	private void join(@Nullable Lease previous, @Nullable Lease next) {
		if (previous != null) {
			previous.next = next;
		}
		else {
			this.first = next;
		}
		if (next != null) {
			next.previous = previous;
		}
		else {
			this.last = previous;
		}
	}

}
