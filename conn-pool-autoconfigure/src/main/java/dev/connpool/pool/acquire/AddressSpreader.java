package dev.connpool.pool.acquire;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.HostCounters;
import dev.connpool.pool.host.Mailbox;
import dev.connpool.settings.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a host gets another connection so that there is one for each address
 * ({@code http2.spread-addresses}). Used by the mailbox of the host alone.
 */
final class AddressSpreader {

	private final Mailbox mailbox;

	private final boolean enabled;

	private final HostCounters counters;

	/** Addresses that could not be connected to since the last answer. */
	private final Set<InetSocketAddress> unreachable = new HashSet<>();

	private boolean due;

	private long acquired;

	AddressSpreader(Mailbox mailbox, boolean enabled, HostCounters counters) {
		this.mailbox = mailbox;
		this.enabled = enabled;
		this.counters = counters;
	}

	/**
	 * Note that there is another connection, or that somebody waits for one.
	 */
	void demanded() {
		assert this.mailbox.isInside();
		this.due = this.enabled;
	}

	/**
	 * Note that a connection is not used any more.
	 * @param connection the connection
	 * @param reason why
	 */
	void ended(PooledConnection connection, CloseReason reason) {
		assert this.mailbox.isInside();
		// One that served nobody would be opened and closed for ever.
		this.due |= this.enabled && reason.isMissed() && connection.record().exchanges() > 0;
	}

	/**
	 * Note that an address cannot be connected to.
	 * @param address the address
	 */
	void unreachable(InetSocketAddress address) {
		assert this.mailbox.isInside();
		this.unreachable.add(address);
	}

	/**
	 * Note that the name was looked up again. If nobody has used the host since the last
	 * time, nothing is opened.
	 */
	void lookedUp() {
		assert this.mailbox.isInside();
		long now = this.counters.acquiredSum();
		this.due |= this.enabled && now != this.acquired;
		this.acquired = now;
		this.unreachable.clear();
	}

	/**
	 * Return the addresses to open a connection to now.
	 * @param known what the name stands for
	 * @param connections what is open
	 * @param dials what is being opened, and for what
	 * @return the addresses that have no connection
	 */
	List<InetSocketAddress> missing(List<InetSocketAddress> known, Collection<PooledConnection> connections,
			DialsUnderWay dials) {
		assert this.mailbox.isInside();
		Protocol protocol = dials.negotiated();
		// In this order: it is asked with each request, and next to never due.
		if (!this.due || protocol == null || !protocol.isMultiplexed()
				|| dials.underWay().stream().anyMatch((dial) -> dial.aim() == null)) {
			return List.of();
		}
		Set<@Nullable SocketAddress> served = new HashSet<>(this.unreachable);
		dials.underWay().forEach((dial) -> served.add(dial.aim()));
		connections.stream()
			.filter(PooledConnection::isOpen)
			.forEach((connection) -> served.add(connection.channel().remoteAddress()));
		this.due = false;
		return connections.isEmpty() ? List.of()
				: known.stream().filter((address) -> !served.contains(address)).toList();
	}

}
