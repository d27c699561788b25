package dev.connpool.pool;

import java.net.InetSocketAddress;
import java.util.function.Consumer;

import dev.connpool.error.ConnPoolException;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;

/**
 * Decides when another connection to one host is opened: for callers that wait, to have
 * some ready before anybody asks, and so that there is one for each address. Used by the
 * mailbox of the host alone, but for what says so.
 */
final class Dialler {

	private final HostPool pool;

	private final Connections connections;

	private final Sessions sessions;

	private final Waiters waiters;

	private final Consumer<Dial> starter;

	private final Dials dials;

	private final Reserve reserve;

	private final Spread spread;

	/** The client as it was last configured, for connections that nobody asked for. */
	private @Nullable HttpClientConfig config;

	/**
	 * Create a dialler.
	 * @param pool what dials are for
	 * @param connections those that are open
	 * @param sessions those of them that are shared
	 * @param waiters the callers that connections are opened for
	 * @param starter starts a dial
	 */
	Dialler(HostPool pool, Connections connections, Sessions sessions, Waiters waiters, Consumer<Dial> starter) {
		this.pool = pool;
		this.connections = connections;
		this.sessions = sessions;
		this.waiters = waiters;
		this.starter = starter;
		Host host = pool.host();
		this.dials = new Dials(host);
		this.reserve = new Reserve(host, pool.eventLoop(), this::refill);
		this.spread = new Spread(host.http2().spreadAddresses(), pool.counters());
	}

	Dials dials() {
		return this.dials;
	}

	Reserve reserve() {
		return this.reserve;
	}

	/**
	 * Return whether nothing is being opened, nor kept ready.
	 * @return whether nobody would miss this
	 */
	boolean isQuiet() {
		return this.dials.underWay().isEmpty() && this.reserve.config() == null;
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
	void serve() {
		Exchange first = this.waiters.first();
		if (first == null) {
			return;
		}
		this.config = first.config;
		boolean strict = this.pool.host().http2().strictMaxConcurrentStreams();
		int suspect = this.sessions.suspect(first.wantsFresh(), strict);
		begin(this.dials.missing(this.waiters.size(), this.connections.usable(), suspect, this.sessions.unready()),
				first.config);
	}

	/**
	 * Open as many connections as are kept ready.
	 */
	void fill() {
		HttpClientConfig kept = this.reserve.config();
		if (kept != null) {
			begin(this.reserve.missing(this.connections.usable(), this.dials), kept);
		}
	}

	/**
	 * Open connections to the addresses that have none, if that is due.
	 */
	void spread() {
		HttpClientConfig known = this.config;
		if (known == null) {
			return;
		}
		for (InetSocketAddress address : this.spread.missing(this.pool.addresses().known(), this.connections.all(),
				this.dials)) {
			if (hasRoom()) {
				begin(new Dial(this.pool, known, address));
			}
		}
	}

	private void begin(int missing, HttpClientConfig config) {
		for (int number = 0; number < missing; number++) {
			begin(new Dial(this.pool, config, null));
		}
	}

	private void begin(Dial dial) {
		this.dials.begun(dial);
		this.starter.accept(dial);
	}

	private boolean hasRoom() {
		return this.dials.hasRoom(this.connections.usable());
	}

	/**
	 * Have the connection that is idle for longest make room for another, unless there is
	 * some or enough are on their way.
	 * @param callers how many want a connection that did not lie idle
	 */
	void makeRoom(int callers) {
		if (!hasRoom() && this.dials.underWay().size() + this.connections.leaving() < callers) {
			this.connections.makeRoom();
		}
	}

	// After a pause, on its event loop
	private void refill() {
		this.pool.post(this.reserve::resume);
	}

	// Ending

	void succeeded(Dial dial, PooledConnection connection) {
		this.dials.succeeded(dial, connection.record().protocol());
		this.spread.demanded();
	}

	/**
	 * Note that a dial failed, and tell those who wait and have nothing to hope for.
	 * @param dial the dial
	 * @param error why
	 */
	void failed(Dial dial, ConnPoolException error) {
		InetSocketAddress aim = dial.aim();
		if (aim != null) {
			this.dials.dropped(dial);
			this.spread.unreachable(aim);
			return;
		}
		this.reserve.failed(error.getMessage());
		if (this.dials.failed(dial) && this.connections.all().isEmpty()) {
			this.waiters.failAll(error);
		}
		else {
			this.waiters.failFirst(error);
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
		this.spread.ended(connection, reason);
	}

	/**
	 * Note that a connection was closed.
	 * @param connection the connection
	 * @param reason why
	 */
	void closed(PooledConnection connection, CloseReason reason) {
		this.reserve.ended(connection);
		if (connection.http2() != null) {
			this.spread.ended(connection, reason);
		}
	}

	/**
	 * Note that the name of the host was looked up again.
	 */
	void lookedUp() {
		this.spread.lookedUp();
	}

	/**
	 * Return whether a connection is kept although it is idle.
	 * @param connection the connection
	 * @return whether no more are open than are kept ready
	 */
	boolean spares(PooledConnection connection) {
		if (this.reserve.config() == null || connection.idleTimer().isServers()) {
			return false;
		}
		// Those that are about to be closed are still among the others.
		return this.reserve.spares(this.connections.fit(), this.dials);
	}

}
