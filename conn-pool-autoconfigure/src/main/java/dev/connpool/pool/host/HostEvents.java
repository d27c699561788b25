package dev.connpool.pool.host;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.memory.FailureKind;
import dev.connpool.pool.memory.HostMemory;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ClosedConnection;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * Where what happens with one host becomes known: each event is counted, told to the
 * listeners, and remembered if that is due, here and nowhere else. Safe for use by many
 * threads.
 */
public final class HostEvents {

	private final Host host;

	private final ConnectionListeners listeners;

	private final RecentlyClosed recentlyClosed;

	private final HostMemory memory;

	private final HostCounters counters = new HostCounters();

	/**
	 * Create events.
	 * @param host the host
	 * @param listeners who is told
	 * @param recentlyClosed what remembers connections that are closed
	 * @param memory what remembers requests to the host
	 */
	public HostEvents(Host host, ConnectionListeners listeners, RecentlyClosed recentlyClosed, HostMemory memory) {
		this.host = host;
		this.listeners = listeners;
		this.recentlyClosed = recentlyClosed;
		this.memory = memory;
	}

	/**
	 * Return what was counted.
	 * @return the counters
	 */
	public HostCounters counters() {
		return this.counters;
	}

	/**
	 * Return what is remembered of the host.
	 * @return the memory, which other pools of the host may share
	 */
	public HostMemory memory() {
		return this.memory;
	}

	// Connections

	/**
	 * Note that a connection is about to be opened.
	 */
	public void dialBegun() {
		this.counters.dialled();
	}

	/**
	 * Note that a connection could not be opened.
	 * @param reason which step failed
	 * @param error what callers are told
	 * @param connection what is remembered of it, {@code null} if there was no socket
	 * @param eventLoop where listeners are told
	 */
	public void dialFailed(CloseReason reason, ConnPoolException error, @Nullable ClosedConnection connection,
			EventLoop eventLoop) {
		this.counters.dialFailed(reason);
		FailureKind kind = FailureKind.of(error);
		if (kind != null) {
			this.memory.failed(kind, error.getMessage(), 0, 0);
		}
		if (connection != null) {
			this.recentlyClosed.add(connection);
		}
		this.memory.happened("dial-failed", null, reason.toString(), error.getMessage());
		tellLater(eventLoop, (listener) -> listener.failed(this.host.client(), this.host.origin(), reason.toString()));
	}

	/**
	 * Note that a connection is open.
	 * @param id its id
	 * @param protocol the protocol to be spoken
	 * @param secure whether there was a TLS handshake
	 * @param took how long it took to open it
	 * @return what it is, for all that is noted of it later
	 */
	public ConnectionInfo opened(String id, Protocol protocol, boolean secure, Duration took) {
		this.counters.opened();
		this.memory.happened("opened", id, protocol.id(), null);
		if (secure) {
			this.counters.handshake();
		}
		ConnectionInfo connection = new ConnectionInfo(this.host.client(), this.host.origin(), id, protocol.id());
		this.listeners.tell((listener) -> listener.opened(connection, took));
		return connection;
	}

	/**
	 * Note that an exchange was given a connection.
	 * @param connection the connection, {@code null} before it is open
	 * @param askedAt when it had asked for one, in terms of {@link System#nanoTime()}
	 * @param reused whether the connection had served another before
	 */
	public void acquired(@Nullable ConnectionInfo connection, long askedAt, boolean reused) {
		this.counters.acquired(reused);
		if (connection != null && !this.listeners.isEmpty()) {
			Duration waited = Duration.ofNanos(System.nanoTime() - askedAt);
			this.listeners.tell((listener) -> listener.acquired(connection, waited, reused));
		}
	}

	/**
	 * Note that an exchange has left its connection.
	 * @param connection the connection, {@code null} before it is open
	 */
	public void released(@Nullable ConnectionInfo connection) {
		if (connection != null && !this.listeners.isEmpty()) {
			this.listeners.tell((listener) -> listener.released(connection));
		}
	}

	/**
	 * Note that a connection is closed.
	 * @param connection the connection, {@code null} before it is open
	 * @param reason why
	 * @param closed what is remembered of it
	 * @param eventLoop its event loop, where listeners are told after all that happened
	 * on it
	 */
	public void closed(@Nullable ConnectionInfo connection, CloseReason reason, ClosedConnection closed,
			EventLoop eventLoop) {
		this.counters.closed(reason);
		this.recentlyClosed.add(closed);
		this.memory.happened("closed", closed.id(), reason.toString(), null);
		if (connection != null) {
			tellLater(eventLoop, (listener) -> listener.closed(connection, reason.toString(), closed.age()));
		}
	}

	// Whoever notes it may be on anybody's thread, and others may wait for it.
	private void tellLater(EventLoop eventLoop, Consumer<ConnectionListener> event) {
		if (this.listeners.isEmpty()) {
			return;
		}
		try {
			eventLoop.execute(() -> this.listeners.tell(event));
		}
		catch (RejectedExecutionException ex) {
			// It has been stopped.
			this.listeners.tell(event);
		}
	}

	/**
	 * Note that the server has sent GOAWAY.
	 * @param connection the connection, {@code null} before it is open
	 * @param error the error code, by name
	 */
	public void goAwayReceived(@Nullable ConnectionInfo connection, String error) {
		this.memory.happened("goaway", (connection != null) ? connection.id() : null, error, null);
		if (connection != null) {
			this.listeners.tell((listener) -> listener.goAwayReceived(connection, error));
		}
	}

	/**
	 * Note that the server has answered a PING.
	 * @param connection the connection, {@code null} before it is open
	 * @param roundTrip how long that took
	 */
	public void pingAcknowledged(@Nullable ConnectionInfo connection, Duration roundTrip) {
		if (connection != null) {
			this.listeners.tell((listener) -> listener.pingAcknowledged(connection, roundTrip));
		}
	}

	// Streams

	/**
	 * Note that a stream has been opened.
	 * @param connection its connection, {@code null} before it is open
	 */
	public void streamOpened(@Nullable ConnectionInfo connection) {
		if (connection != null && !this.listeners.isEmpty()) {
			this.listeners.tell((listener) -> listener.streamOpened(connection));
		}
	}

	/**
	 * Note that a stream has ended.
	 * @param connection its connection, {@code null} before it is open
	 * @param reset the error code with which the server reset it, or {@code null}
	 */
	public void streamClosed(@Nullable ConnectionInfo connection, @Nullable String reset) {
		if (connection != null && !this.listeners.isEmpty()) {
			this.listeners.tell((listener) -> listener.streamClosed(connection, reset));
		}
	}

	/**
	 * Note that this end has reset a stream.
	 */
	public void resetSent() {
		this.counters.resetSent();
	}

	// Exchanges

	/**
	 * Note that a request failed.
	 * @param error what its caller is told
	 * @return whether that says something about the host
	 */
	public boolean failed(Throwable error) {
		FailureKind kind = FailureKind.of(error);
		if (kind != null) {
			this.counters.failed(kind,
					kind.isDeadline() || (error instanceof ConnectionFailedException failed && failed.isTimedOut()));
			this.memory.failed(kind, error.getMessage(), 0, 1);
		}
		return kind != null;
	}

	/**
	 * Note that the server answered that it has failed.
	 * @param status the status, 500 to 599
	 */
	public void answeredWithError(int status) {
		this.counters.failed(FailureKind.SERVER_ERROR, false);
		this.memory.failed(FailureKind.SERVER_ERROR, null, status, 1);
	}

	/**
	 * Note that nobody reads a response.
	 * @param connection its connection, {@code null} before it is open
	 */
	public void leaked(@Nullable ConnectionInfo connection) {
		this.counters.leakBegun();
		if (connection != null) {
			this.listeners.tell((listener) -> listener.leaked(connection));
		}
	}

	/**
	 * Note that the exchange is over whose response nobody had read.
	 */
	public void leakEnded() {
		this.counters.leakEnded();
	}

	/**
	 * Note that a caller was refused because the limit of connections is reached.
	 */
	public void turnedAway() {
		this.counters.turnedAway();
	}

	/**
	 * Note that a request is sent again.
	 * @param reason why
	 */
	public void replayed(ReplayReason reason) {
		this.counters.replayed(reason);
	}

	/**
	 * Note what came of sending a request again.
	 * @param reason why it was
	 * @param outcome whether it was answered, failed, or was not sent after all
	 */
	public void replayEnded(ReplayReason reason, String outcome) {
		this.listeners
			.tell((listener) -> listener.replayed(this.host.client(), this.host.origin(), reason.toString(), outcome));
	}

}
