package dev.connpool.pool.acquire;

import java.net.InetSocketAddress;
import java.util.function.Consumer;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.dial.Dial;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.Mailbox;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Decides when another connection to one host is opened: for callers that wait, to have
 * some ready before anybody asks, and so that there is one for each address. Used by the
 * mailbox of the host alone, but for what says so.
 */
final class DialPlanner {

	private final HostPool pool;

	private final Connections connections;

	private final MultiplexedSessions sessions;

	private final PendingAcquires pendingAcquires;

	private final Consumer<Dial> starter;

	private final DialsUnderWay dials;

	private final WarmConnections warm;

	private final AddressSpreader spreader;

	/** The client as it was last configured, for connections that nobody asked for. */
	private @Nullable ConnectionSpec spec;

	/**
	 * Create a planner.
	 * @param pool what dials are for
	 * @param connections those that are open
	 * @param sessions those of them that are shared
	 * @param pendingAcquires the callers that connections are opened for
	 * @param starter starts a dial
	 */
	DialPlanner(HostPool pool, Connections connections, MultiplexedSessions sessions, PendingAcquires pendingAcquires,
			Consumer<Dial> starter) {
		this.pool = pool;
		this.connections = connections;
		this.sessions = sessions;
		this.pendingAcquires = pendingAcquires;
		this.starter = starter;
		Host host = pool.host();
		Mailbox mailbox = pool.mailbox();
		this.dials = new DialsUnderWay(mailbox, host);
		this.warm = new WarmConnections(mailbox, host, pool.eventLoop(), this::refill);
		this.spreader = new AddressSpreader(mailbox, host.http2().spreadAddresses(), pool.events().counters());
	}

	DialsUnderWay dials() {
		return this.dials;
	}

	WarmConnections warm() {
		return this.warm;
	}

	/**
	 * Return whether nothing is being opened, nor kept ready.
	 * @return whether nobody would miss this
	 */
	boolean isQuiet() {
		return this.dials.underWay().isEmpty() && this.warm.spec() == null;
	}

	/**
	 * Tell how many callers the connections being opened are expected to serve.
	 * @return the number of callers
	 */
	long expected() {
		return this.dials.expected(this.sessions.unready());
	}

	// Beginning

	/**
	 * Open as many connections as it takes to serve those who wait.
	 */
	void dialForWaiting() {
		assert this.pool.inMailbox();
		Lease first = this.pendingAcquires.first();
		if (first == null) {
			return;
		}
		this.spec = first.spec();
		boolean strict = this.pool.host().http2().strictMaxConcurrentStreams();
		int suspect = this.sessions.suspect(first.wantsFresh(), strict, this.connections::isDrained);
		begin(this.dials.missing(this.pendingAcquires.size(), this.connections.undrained(), suspect,
				this.sessions.unready()), first.spec());
	}

	/**
	 * Open as many connections as are kept ready.
	 */
	void fill() {
		assert this.pool.inMailbox();
		ConnectionSpec kept = this.warm.spec();
		if (kept != null) {
			begin(this.warm.missing(this.connections.undrained(), this.dials), kept);
		}
	}

	/**
	 * Open connections to the addresses that have none, if that is due.
	 */
	void spread() {
		assert this.pool.inMailbox();
		ConnectionSpec known = this.spec;
		if (known == null) {
			return;
		}
		for (InetSocketAddress address : this.spreader.missing(this.pool.addresses().known(), this.connections.all(),
				this.dials)) {
			if (hasRoom()) {
				begin(new Dial(this.pool, known, address));
			}
		}
	}

	private void begin(int missing, ConnectionSpec spec) {
		for (int number = 0; number < missing; number++) {
			begin(new Dial(this.pool, spec, null));
		}
	}

	private void begin(Dial dial) {
		assert this.pool.inMailbox();
		this.dials.begun(dial);
		this.starter.accept(dial);
	}

	private boolean hasRoom() {
		return this.dials.hasRoom(this.connections.undrained());
	}

	/**
	 * Have the connection that is idle for longest make room for another, unless there is
	 * some or enough are on their way.
	 * @param waiting how many want a connection that did not lie idle
	 */
	void makeRoom(int waiting) {
		assert this.pool.inMailbox();
		if (!hasRoom() && this.dials.underWay().size() + this.connections.leaving() < waiting) {
			this.connections.makeRoom();
		}
	}

	// After a pause, on its event loop
	private void refill() {
		this.pool.post(this.warm::resume);
	}

	// Ending

	void succeeded(Dial dial, PooledConnection connection) {
		assert this.pool.inMailbox();
		this.dials.succeeded(dial, connection.record().protocol());
		this.spreader.demanded();
	}

	/**
	 * Note that a dial failed, and tell those who wait and have nothing to hope for.
	 * @param dial the dial
	 * @param error why
	 */
	void failed(Dial dial, ConnPoolException error) {
		assert this.pool.inMailbox();
		InetSocketAddress aim = dial.aim();
		if (aim != null) {
			this.dials.dropped(dial);
			this.spreader.unreachable(aim);
			return;
		}
		this.warm.failed(error.getMessage());
		if (this.dials.failed(dial) && this.connections.all().isEmpty()) {
			this.pendingAcquires.failAll(error);
		}
		else {
			this.pendingAcquires.failFirst(error);
		}
	}

	/**
	 * Give up all dials. On any thread.
	 * @param error why
	 */
	void abandon(ConnPoolException error) {
		this.dials.underWay().forEach((dial) -> dial.abandon(error));
	}

	/**
	 * Give up the dials of one event loop. On that event loop.
	 * @param eventLoop the event loop
	 * @param error why
	 */
	void abandon(EventLoop eventLoop, ConnPoolException error) {
		this.dials.underWay()
			.stream()
			.filter((dial) -> dial.eventLoop() == eventLoop)
			.forEach((dial) -> dial.abandon(error));
	}

	// What happens to connections

	/**
	 * Note that a connection is not used any more.
	 * @param connection the connection
	 * @param reason why
	 */
	void drained(PooledConnection connection, CloseReason reason) {
		assert this.pool.inMailbox();
		this.spreader.ended(connection, reason);
	}

	/**
	 * Note that a connection was closed.
	 * @param connection the connection
	 * @param reason why
	 */
	void closed(PooledConnection connection, CloseReason reason) {
		assert this.pool.inMailbox();
		this.warm.ended(connection);
		if (connection.session().isShared()) {
			this.spreader.ended(connection, reason);
		}
	}

	/**
	 * Note that the name of the host was looked up again.
	 */
	void lookedUp() {
		assert this.pool.inMailbox();
		this.spreader.lookedUp();
	}

	/**
	 * Return whether a connection is kept although it is idle.
	 * @param connection the connection
	 * @return whether no more are open than are kept ready
	 */
	boolean spares(PooledConnection connection) {
		if (this.warm.spec() == null || connection.idleTimer().isServers()) {
			return false;
		}
		// Those that are about to be closed are still among the others.
		return this.warm.spares(this.connections.fit(), this.dials);
	}

}
