package dev.connpool.pool.acquire;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.connpool.pool.dial.Dial;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.Mailbox;
import dev.connpool.settings.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * The connections to one host that are being opened, and how many more should be. Used by
 * the mailbox of the host alone, but for what says so.
 */
public final class DialsUnderWay {

	/** How many streams a server should allow at least (RFC 9113, section 6.5.2). */
	private static final int EXPECTED_STREAMS = 100;

	private final Mailbox mailbox;

	private final Host host;

	private final Set<Dial> underWay = ConcurrentHashMap.newKeySet();

	private volatile @Nullable Protocol negotiated;

	/** What the server last allowed on one connection; 0 before it said. */
	private int streamLimit;

	private boolean failing;

	DialsUnderWay(Mailbox mailbox, Host host) {
		this.mailbox = mailbox;
		this.host = host;
	}

	/**
	 * Return the dials under way. On any thread.
	 * @return the dials, as they come and go
	 */
	public Set<Dial> underWay() {
		return this.underWay;
	}

	/**
	 * Return what was negotiated last. On any thread.
	 * @return the protocol, or {@code null} before there was a connection
	 */
	public @Nullable Protocol negotiated() {
		return this.negotiated;
	}

	void streamLimit(int limit) {
		assert this.mailbox.isInside();
		this.streamLimit = limit;
	}

	void begun(Dial dial) {
		assert this.mailbox.isInside();
		this.underWay.add(dial);
	}

	void succeeded(Dial dial, @Nullable Protocol negotiated) {
		assert this.mailbox.isInside();
		this.underWay.remove(dial);
		this.negotiated = negotiated;
		this.failing = false;
	}

	/**
	 * Note that a dial failed that nobody waits for.
	 * @param dial the dial
	 */
	void dropped(Dial dial) {
		assert this.mailbox.isInside();
		this.underWay.remove(dial);
		this.failing &= !this.underWay.isEmpty();
	}

	/**
	 * Note that a dial failed. While others are under way no more are begun: they may yet
	 * succeed, and when none does nobody who waits would fare better.
	 * @param dial the dial
	 * @return whether it was the last
	 */
	boolean failed(Dial dial) {
		assert this.mailbox.isInside();
		this.underWay.remove(dial);
		this.failing = !this.underWay.isEmpty();
		return this.underWay.isEmpty();
	}

	/**
	 * Tell how many connections to open so that all who wait are served.
	 * @param waiting how many wait
	 * @param open the connections that were not drained
	 * @param suspect those of them that serve nobody until they are known to work
	 * @param fresh those of them that the server has not yet sent SETTINGS on
	 * @return the number of dials to begin, zero or less for none
	 */
	int missing(int waiting, int open, int suspect, int fresh) {
		assert this.mailbox.isInside();
		if (waiting <= 0 || this.failing) {
			return 0;
		}
		int max = this.host.pool().maxConnectionsPerHost();
		int room = (max == 0) ? Integer.MAX_VALUE : max - this.underWay.size() - open;
		return Math.min(room, sharesConnections() ? missingShared(waiting, open - suspect, fresh + this.underWay.size())
				: waiting - this.underWay.size());
	}

	/**
	 * Return whether another connection may be opened.
	 * @param open the connections that were not drained
	 * @return whether the limit is not reached
	 */
	boolean hasRoom(int open) {
		int max = this.host.pool().maxConnectionsPerHost();
		return max == 0 || this.underWay.size() + open < max;
	}

	private int missingShared(int waiting, int open, int coming) {
		if (this.streamLimit == 0 || this.host.http2().strictMaxConcurrentStreams()) {
			return (coming > 0 || open > 0) ? 0 : 1;
		}
		return (waiting + this.streamLimit - 1) / this.streamLimit - coming;
	}

	/**
	 * Tell how many callers the connections being opened are expected to serve.
	 * @param fresh the open connections that the server has not yet sent SETTINGS on
	 * @return the number of callers
	 */
	long expected(int fresh) {
		assert this.mailbox.isInside();
		return sharesConnections()
				? (long) (this.underWay.size() + fresh) * Math.max(this.streamLimit, EXPECTED_STREAMS)
				: this.underWay.size();
	}

	/**
	 * Tell whether one connection is likely to serve all. Then one is opened and waited
	 * for.
	 * @return whether what was spoken last is multiplexed, or what may be spoken if
	 * nothing was yet
	 */
	boolean sharesConnections() {
		Protocol protocol = this.negotiated;
		return (protocol != null) ? protocol.isMultiplexed() : this.host.mayMultiplex();
	}

}
