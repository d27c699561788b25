package dev.connpool.pool;

import org.jspecify.annotations.Nullable;

/**
 * Exchanges in order of arrival. Intrusive, so that an exchange leaves from anywhere in
 * constant time and without garbage; it is in one list at a time. Not thread-safe.
 */
final class LeaseList {

	private @Nullable Exchange first;

	private @Nullable Exchange last;

	private int size;

	int size() {
		return this.size;
	}

	@Nullable Exchange first() {
		return this.first;
	}

	@Nullable Exchange last() {
		return this.last;
	}

	boolean contains(Exchange exchange) {
		return exchange.list == this;
	}

	void addLast(Exchange exchange) {
		link(exchange, this.last, null);
	}

	void addFirst(Exchange exchange) {
		link(exchange, null, this.first);
	}

	void remove(Exchange exchange) {
		if (contains(exchange)) {
			join(exchange.previous, exchange.next);
			exchange.list = null;
			exchange.previous = null;
			exchange.next = null;
			this.size--;
		}
	}

	private void link(Exchange exchange, @Nullable Exchange previous, @Nullable Exchange next) {
		join(previous, exchange);
		join(exchange, next);
		exchange.list = this;
		this.size++;
	}

	private void join(@Nullable Exchange previous, @Nullable Exchange next) {
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
