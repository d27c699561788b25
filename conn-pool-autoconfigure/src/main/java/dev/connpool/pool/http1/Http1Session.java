package dev.connpool.pool.http1;

import dev.connpool.pool.connection.ChannelStream;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.connection.SocketInput;
import dev.connpool.pool.connection.TlsRecordHandler;
import dev.connpool.pool.host.CloseReason;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * The exchanges on one HTTP/1.1 connection (RFC 9112), of which there is one at a time.
 * It is free, carries an exchange, or is closed; whether it is free belongs to the
 * mailbox of the host, all else to the event loop of the connection.
 */
final class Http1Session implements Session, ChannelStream {

	/** Takes longer than to write a request, and less than to be answered. */
	private static final long JUST_NOW = 100_000;

	private final PooledConnection connection;

	private @Nullable Lease current;

	/** Follows the records of TLS; {@code null} without TLS. */
	private final @Nullable TlsRecordHandler tlsRecords;

	private final Http1MessageStream messages;

	/** When nothing was left of what the server had sent. */
	private long silentAt;

	/** Whether this has been released although its exchange has not quite ended. */
	private boolean released;

	Http1Session(PooledConnection connection, @Nullable TlsRecordHandler tlsRecords) {
		this.connection = connection;
		this.tlsRecords = tlsRecords;
		this.messages = new Http1MessageStream(connection, this);
	}

	@Override
	public PooledConnection connection() {
		return this.connection;
	}

	// In the mailbox

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public void becomesIdle() {
		assert this.connection.owner().inMailbox();
		this.connection.idle();
	}

	@Override
	public boolean tryReserve() {
		assert this.connection.owner().inMailbox();
		return take() && this.connection.isFit();
	}

	// It is idle from when it is free until room on it is reserved.
	private boolean isFree() {
		return this.connection.idleSince() != 0;
	}

	private boolean take() {
		boolean taken = isFree();
		if (taken) {
			this.connection.busy();
		}
		return taken;
	}

	@Override
	public boolean closeIfUnused(CloseReason reason) {
		assert this.connection.owner().inMailbox();
		if (!isFree()) {
			return false;
		}
		// First, as it says how long this was idle.
		this.connection.end().note(reason);
		take();
		this.connection.close(reason);
		return true;
	}

	@Override
	public void drain(CloseReason reason) {
		assert this.connection.owner().inMailbox();
		this.connection.drain(reason);
		closeIfUnused(reason);
	}

	@Override
	public void connectionClosed() {
		take();
	}

	// On any thread

	@Override
	public void giveBack() {
		this.connection.owner().roomFree(this.connection);
	}

	@Override
	public int active() {
		return (this.current != null) ? 1 : 0;
	}

	@Override
	public int limit() {
		return 1;
	}

	// On the event loop

	@Override
	public void serve(Lease lease) {
		assert this.connection.inEventLoop();
		if (!this.connection.isFit() || this.current != null || !ensureSilent()) {
			this.released = false;
			this.connection.owner().reassign(lease);
		}
		else if (!lease.activate()) {
			giveBack();
		}
		else {
			carry(lease);
		}
	}

	private void carry(Lease lease) {
		this.current = lease;
		try {
			boolean reused = this.connection.acquired(lease);
			lease.begin(lease.needsChannel() ? this : this.messages, reused);
		}
		catch (Throwable ex) {
			if (!lease.hasBegun()) {
				this.current = null;
				this.connection.close(CloseReason.CANCELLED);
			}
			lease.failed(ex);
		}
	}

	/**
	 * Make sure that nothing is left of what the server has sent: it would be taken for
	 * the answer to what is written next. If there is anything, this is closed.
	 * @return whether a request may be written
	 */
	private boolean ensureSilent() {
		assert this.connection.inEventLoop();
		boolean silent = SocketInput.readAll(this.connection.channel()) && !isWithinTlsRecord();
		this.silentAt = System.nanoTime();
		if (!silent && this.connection.isFit()) {
			this.connection.close(CloseReason.PROTOCOL_ERROR);
		}
		return this.connection.isFit();
	}

	/**
	 * Do so again, unless that was just done.
	 * @return whether a request may be written
	 */
	boolean ensureStillSilent() {
		return System.nanoTime() - this.silentAt < JUST_NOW || ensureSilent();
	}

	// Before the first response it may be a ticket for a later handshake, and there is
	// nobody who could get the answer of another.
	private boolean isWithinTlsRecord() {
		return this.tlsRecords != null && this.connection.record().isProven() && this.tlsRecords.isWithinRecord();
	}

	/**
	 * Return the exchange that this carries.
	 * @return its lease, or {@code null} if there is none
	 */
	@Nullable Lease current() {
		return this.current;
	}

	/**
	 * Note how long the server lets the connection be unused.
	 * @param timeout the time in nanoseconds; 0 if it must not be used again
	 */
	void idleAtMost(long timeout) {
		assert this.connection.inEventLoop();
		if (timeout == 0) {
			this.connection.markPersistent(false);
		}
		else {
			this.connection.idleTimer().announced(timeout);
		}
	}

	/**
	 * Return whether another exchange may follow.
	 * @return whether neither end wants the connection closed
	 */
	boolean isKeptAlive() {
		return this.connection.mayCarry() && this.connection.isPersistent()
				&& this.connection.host().pool().keepAlive();
	}

	/**
	 * Release the connection because the response has ended, before the caller learns of
	 * it: its next request finds the connection free. An exchange that it is granted to
	 * now begins when the event loop has finished with this one.
	 */
	void releaseEarly() {
		assert this.connection.inEventLoop();
		if (!this.released && isKeptAlive()) {
			this.released = true;
			giveBack();
		}
	}

	@Override
	public boolean release(Lease lease, boolean answered) {
		assert this.connection.inEventLoop();
		end(lease);
		Channel channel = this.connection.channel();
		boolean reusable = channel.isActive() && isKeptAlive();
		if (reusable) {
			channel.config().setAutoClose(true);
			releaseEarly();
		}
		else if (channel.isActive()) {
			this.connection.close(answered ? CloseReason.KEEP_ALIVE_OFF : CloseReason.CANCELLED);
		}
		this.released = false;
		return reusable;
	}

	/**
	 * End the exchange that got no response: nobody says that it is released.
	 */
	void gone() {
		assert this.connection.inEventLoop();
		Lease lease = this.current;
		if (lease != null && !lease.isReading()) {
			end(lease);
		}
	}

	private void end(Lease lease) {
		this.current = null;
		this.messages.forget();
		lease.ended();
		this.connection.events().released(this.connection.info());
	}

	// As what carries an exchange

	@Override
	public Channel channel() {
		return this.connection.channel();
	}

	@Override
	public boolean isConnection() {
		return true;
	}

	@Override
	public int id() {
		return 1;
	}

	@Override
	public boolean carries(Lease lease) {
		return this.current == lease;
	}

	@Override
	public boolean isIgnored() {
		return false;
	}

	@Override
	public @Nullable Flow flow() {
		return null;
	}

}
