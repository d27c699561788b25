package dev.connpool.pool.connection;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import dev.connpool.pool.host.CloseReason;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.ConnectionSnapshot.Phases;
import dev.connpool.snapshot.ConnectionSnapshot.Tls;
import dev.connpool.snapshot.Validity;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * What has been seen of one connection. Written on its event loop, and read there; on any
 * thread only where it says so.
 */
public final class ConnectionRecord {

	private final Channel channel;

	private final Instant openedAt;

	private final long begun;

	private long resolved;

	private long connected;

	private long secured;

	private @Nullable Tls tls;

	private @Nullable Validity certificate;

	private @Nullable Protocol protocol;

	private volatile long exchanges;

	private boolean proven;

	private long bytesSent;

	private long bytesReceived;

	/**
	 * Create a record.
	 * @param channel the channel of the connection
	 * @param openedAt when the connection was begun
	 * @param begun the same, in terms of {@link System#nanoTime()}
	 */
	public ConnectionRecord(Channel channel, Instant openedAt, long begun) {
		this.channel = channel;
		this.openedAt = openedAt;
		this.begun = begun;
	}

	private boolean inEventLoop() {
		return this.channel.eventLoop().inEventLoop();
	}

	// Written

	/**
	 * Note that the name was resolved.
	 * @param when in terms of {@link System#nanoTime()}
	 */
	public void resolved(long when) {
		assert inEventLoop();
		this.resolved = when;
	}

	public void connected() {
		assert inEventLoop();
		this.connected = System.nanoTime();
	}

	/**
	 * Note that the connection is ready.
	 * @param protocol the protocol to be spoken
	 */
	public void secured(Protocol protocol) {
		assert inEventLoop();
		this.protocol = protocol;
		SslHandler handler = this.channel.pipeline().get(SslHandler.class);
		if (handler != null) {
			this.secured = System.nanoTime();
			SSLSession session = handler.engine().getSession();
			boolean resumed = session.getCreationTime() < this.openedAt.toEpochMilli();
			this.tls = new Tls(session.getProtocol(), session.getCipherSuite(), handler.applicationProtocol(), resumed);
			this.certificate = certificate(session);
		}
	}

	private static @Nullable Validity certificate(SSLSession session) {
		try {
			return (session.getPeerCertificates()[0] instanceof X509Certificate certificate)
					? new Validity(certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant())
					: null;
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	/**
	 * Return when the certificate of the host is valid.
	 * @return the validity, or {@code null} without a certificate
	 */
	@Nullable Validity certificate() {
		return this.certificate;
	}

	/**
	 * Count an exchange.
	 * @return whether it is not the first
	 */
	public boolean exchanged() {
		assert inEventLoop();
		long before = this.exchanges;
		this.exchanges = before + 1;
		return before > 0;
	}

	/**
	 * Note that a response has arrived.
	 */
	public void answered() {
		assert inEventLoop();
		this.proven = true;
	}

	void sent(int bytes) {
		assert inEventLoop();
		this.bytesSent += bytes;
	}

	void received(int bytes) {
		assert inEventLoop();
		this.bytesReceived += bytes;
	}

	// Read

	/**
	 * Return whether the server has answered on this connection.
	 * @return whether there was a response
	 */
	public boolean isProven() {
		return this.proven;
	}

	public String id() {
		return this.channel.id().asShortText();
	}

	public @Nullable Protocol protocol() {
		return this.protocol;
	}

	public @Nullable Tls tls() {
		return this.tls;
	}

	public Instant openedAt() {
		return this.openedAt;
	}

	/**
	 * Return how long ago the connection was begun. On any thread.
	 * @return the time
	 */
	public Duration age() {
		return Duration.ofNanos(System.nanoTime() - this.begun);
	}

	/**
	 * Return how long it took until an exchange could begin.
	 * @return the time
	 */
	Duration created() {
		return Duration.ofNanos(Math.max(this.connected, this.secured) - this.begun);
	}

	public Phases phases() {
		return new Phases(between(this.begun, this.resolved), between(this.resolved, this.connected),
				between(this.connected, this.secured));
	}

	private static @Nullable Duration between(long start, long end) {
		return (start != 0 && end != 0) ? Duration.ofNanos(end - start) : null;
	}

	/**
	 * Count the exchanges. On any thread.
	 * @return how many have begun
	 */
	public long exchanges() {
		return this.exchanges;
	}

	/**
	 * Return what was written to the socket, TLS included.
	 * @return the number of bytes
	 */
	public long bytesSent() {
		return this.bytesSent;
	}

	/**
	 * Return what was read from the socket, TLS included.
	 * @return the number of bytes
	 */
	public long bytesReceived() {
		return this.bytesReceived;
	}

	public @Nullable String localAddress() {
		return text(this.channel.localAddress());
	}

	public @Nullable String remoteAddress() {
		return text(this.channel.remoteAddress());
	}

	/**
	 * Say where a socket is, without a look-up.
	 * @param address the address, or {@code null}
	 * @return the IP address and the port, or {@code null}
	 */
	public static @Nullable String text(@Nullable SocketAddress address) {
		if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
			return (address != null) ? address.toString() : null;
		}
		String ip = inet.getAddress().getHostAddress();
		return ((ip.indexOf(':') < 0) ? ip : "[" + ip + "]") + ":" + inet.getPort();
	}

	/**
	 * Return what is remembered of the connection after its end.
	 * @param host the host as {@code scheme://host:port}
	 * @param reason why it ended
	 * @param idleFor how long it had been idle, {@code null} if it was in use
	 * @return what is remembered
	 */
	public ClosedConnection toClosedConnection(String host, CloseReason reason, @Nullable Duration idleFor) {
		Protocol protocol = this.protocol;
		return new ClosedConnection(id(), host, (protocol != null) ? protocol.id() : null, reason.toString(), age(),
				idleFor, this.exchanges, Instant.now());
	}

}
