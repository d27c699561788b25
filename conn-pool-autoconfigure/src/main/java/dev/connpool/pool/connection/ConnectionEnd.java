package dev.connpool.pool.connection;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import javax.net.ssl.SSLException;

import dev.connpool.pool.host.CloseReason;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import org.jspecify.annotations.Nullable;

/**
 * Why and how one connection ends. The reason that is noted first stands, on whichever
 * thread. What was reported belongs to the event loop of the connection, which alone
 * writes it; the mailbox of the host reads it too, to say how the connection ended.
 */
public final class ConnectionEnd {

	private final Channel channel;

	private final LongSupplier idleSince;

	private final AtomicReference<@Nullable Cause> cause = new AtomicReference<>();

	/**
	 * What was reported before the connection was closed. Written on its event loop, read
	 * on any thread.
	 */
	private volatile @Nullable Throwable failure;

	/**
	 * Create an end that has not come.
	 * @param channel the channel of the connection
	 * @param idleSince says since when the connection is unused; 0 while it is in use
	 */
	ConnectionEnd(Channel channel, LongSupplier idleSince) {
		this.channel = channel;
		this.idleSince = idleSince;
	}

	/**
	 * Note why the connection is going to be closed, unless that is known. On any thread.
	 * @param reason the reason
	 */
	public void note(CloseReason reason) {
		if (this.cause.get() == null) {
			this.cause.compareAndSet(null, new Cause(reason, idleNow()));
		}
	}

	/**
	 * Note that the connection is closed. If it is not known why, it was not closed on
	 * this side.
	 * @param broken whether reading or writing had failed
	 */
	void closed(boolean broken) {
		note(broken ? CloseReason.PEER_RESET : lastReason());
	}

	// An event loop that ends closes what is open on it.
	private CloseReason lastReason() {
		return this.channel.eventLoop().isShuttingDown() ? CloseReason.SHUTDOWN : CloseReason.PEER_CLOSED;
	}

	private @Nullable Duration idleNow() {
		long since = this.idleSince.getAsLong();
		return (since != 0) ? Duration.ofNanos(Math.max(0, System.nanoTime() - since)) : null;
	}

	/**
	 * Return whether it is known why the connection ends. On any thread.
	 * @return whether a reason was noted
	 */
	public boolean isNoted() {
		return this.cause.get() != null;
	}

	/**
	 * Return why the connection ends. On any thread.
	 * @return the reason that was noted, or else what comes next to it
	 */
	public CloseReason reason() {
		Cause known = this.cause.get();
		return (known != null) ? known.reason() : lastReason();
	}

	/**
	 * Return how long the connection had been unused when it ended. On any thread.
	 * @return the time, or {@code null} if it was in use
	 */
	public @Nullable Duration idleFor() {
		Cause known = this.cause.get();
		return (known != null) ? known.idleFor() : idleNow();
	}

	/**
	 * Note what was reported just before the connection is closed. On its event loop.
	 * @param reported what was reported
	 */
	public void failed(Throwable reported) {
		assert this.channel.eventLoop().inEventLoop();
		this.failure = reported;
	}

	/**
	 * Note that the end of a connection over TLS has ended a response that may not have
	 * been complete. On its event loop.
	 */
	public void cutShort() {
		assert this.channel.eventLoop().inEventLoop();
		if (this.failure == null) {
			this.failure = new SSLException(
					"The connection ended without close_notify, as anybody on the way can make it end");
		}
	}

	/**
	 * Return what was reported. On any thread.
	 * @return the failure, or {@code null} if there was none
	 */
	public @Nullable Throwable failure() {
		return this.failure;
	}

	/**
	 * Return whether the connection is gone and nobody knows why. If it was ended because
	 * of what the server had sent, that may have been a response. On any thread.
	 * @return whether it is closed, but not for an error of HTTP/2
	 */
	public boolean isLoss() {
		return !this.channel.isActive() && Http2CodecUtil.getEmbeddedHttp2Exception(this.failure) == null;
	}

	/**
	 * Say how the connection came to its end. On any thread.
	 * @return the end of a sentence
	 */
	public String describe() {
		CloseReason reason = reason();
		boolean unannounced = reason == CloseReason.PEER_CLOSED && this.failure instanceof SSLException;
		return reason.describe() + (unannounced ? " without close_notify (RFC 9112, section 9.8)" : "");
	}

	/**
	 * Why a connection was closed.
	 *
	 * @param reason the reason
	 * @param idleFor how long it had been unused when that came to be known, {@code null}
	 * if it was in use
	 */
	private record Cause(CloseReason reason, @Nullable Duration idleFor) {
	}

}
