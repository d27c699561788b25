package dev.connpool.pool;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.snapshot.ConnectionSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.TransportConnector;

/**
 * Opens one connection: resolves the name, connects to one of its addresses after
 * another, does TLS. Each step has its deadline; whatever fails is told once. All but
 * {@link #start} happens on the event loop of the channel.
 */
final class Dial extends ChannelInitializer<Channel> implements CoreSubscriber<Channel> {

	private static final AtomicLong COUNT = new AtomicLong();

	private final String number = "dial-" + COUNT.incrementAndGet();

	private final Instant openedAt = Instant.now();

	private final long startedAt = System.nanoTime();

	private final HostPool pool;

	private final HttpClientConfig config;

	private volatile Phase phase = Phase.DNS;

	private boolean over;

	private volatile @Nullable PooledConnection connection;

	private @Nullable Subscription connecting;

	private @Nullable Future<?> deadline;

	Dial(HostPool pool, HttpClientConfig config) {
		this.pool = pool;
		this.config = config;
	}

	void start(AddressResolverGroup<?> resolver) {
		TransportConnector.connect(this.config, this.pool.host().target(), resolver, this).subscribe(this);
	}

	/**
	 * Prepare a channel; called once for each address that is tried.
	 */
	@Override
	protected void initChannel(Channel channel) {
		ConnectionRecord record = new ConnectionRecord(channel, this.openedAt, this.startedAt);
		PooledConnection connection = new PooledConnection(this.pool, channel, record);
		this.connection = connection;
		if (this.deadline == null) {
			arm(channel, this.pool.host().timeouts().connect());
		}
		channel.pipeline().addFirst(this.config.channelInitializer(connection, this.pool.host().address(), false));
		Proxy proxy = this.pool.host().proxy();
		if (proxy != null && this.pool.host().isTunnelled()) {
			channel.pipeline().addFirst(new TunnelHandler(this, connection, proxy));
		}
		channel.pipeline().addFirst(new WireHandler(connection));
		connection.bind();
		channel.pipeline()
			.addBefore(NettyPipeline.HttpCodec, ProtocolHandler.NAME, new ProtocolHandler(this, connection));
	}

	/**
	 * Return the connection that is being opened.
	 * @return the connection, or {@code null} if there is no channel yet
	 */
	@Nullable PooledConnection connection() {
		return this.connection;
	}

	/**
	 * Return what is being done.
	 * @return {@code CONNECTING} or {@code HANDSHAKING}
	 */
	ConnectionSnapshot.State state() {
		return (this.phase == Phase.TLS) ? ConnectionSnapshot.State.HANDSHAKING : ConnectionSnapshot.State.CONNECTING;
	}

	/**
	 * Return the id. On any thread.
	 * @return the id of the channel, or a number before there is one
	 */
	String id() {
		PooledConnection connection = this.connection;
		return (connection != null) ? connection.record().id() : this.number;
	}

	/**
	 * Tell what is known without asking the event loop. On any thread.
	 * @return the connection so far
	 */
	ConnectionSnapshot snapshot() {
		return new ConnectionSnapshot(id(), null, state(), null, null, null, this.openedAt,
				Duration.ofNanos(System.nanoTime() - this.startedAt), null, 0, 0, 0,
				new ConnectionSnapshot.Phases(null, null, null), null, List.of(), 0);
	}

	@Override
	public boolean isSharable() {
		return true;
	}

	private void arm(Channel channel, Duration timeout) {
		this.deadline = channel.eventLoop().schedule(() -> timedOut(timeout), timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void timedOut(Duration timeout) {
		fail(this.pool.host().connectionTimedOut(this.phase, timeout));
	}

	/**
	 * Note that the name is resolved.
	 * @param connection the connection that is going to be connected
	 */
	void resolved(PooledConnection connection) {
		this.phase = Phase.CONNECT;
		connection.record().resolved();
	}

	/**
	 * Note that the host is connected, through a tunnel if there has to be one.
	 * @param connection the connection that is going to be secured
	 */
	void connected(PooledConnection connection) {
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
		this.phase = Phase.TLS;
		connection.record().connected();
		arm(connection.channel(), this.pool.host().timeouts().tlsHandshake());
	}

	/**
	 * Decide which protocol to speak.
	 * @param alpn what TLS negotiated, or {@code null}
	 * @return the protocol, or {@code null} if there is none and the dial has failed
	 */
	@Nullable Protocol negotiated(@Nullable String alpn) {
		Protocol protocol = this.pool.host().protocolFor(alpn);
		if (protocol == null) {
			fail(noCommonProtocol());
		}
		return protocol;
	}

	/**
	 * Note that TLS and ALPN, if there are any, are done.
	 * @param connection the connection that is ready for use
	 * @param protocol the protocol to be spoken on it
	 */
	void succeeded(PooledConnection connection, Protocol protocol) {
		if (!this.over) {
			disarm();
			connection.record().secured(protocol);
			this.pool.opened(this, connection);
		}
	}

	void failed(Throwable cause) {
		if (this.phase == Phase.TLS && isNoApplicationProtocol(cause)) {
			fail(noCommonProtocol());
			return;
		}
		Duration after = Duration.ofNanos(System.nanoTime() - this.startedAt);
		fail(this.pool.host().connectionFailed(this.phase, after, cause));
	}

	// The alert has no type of its own in the JDK, nor in BoringSSL.
	private static boolean isNoApplicationProtocol(Throwable cause) {
		return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("no_application_protocol");
	}

	/**
	 * Note that the channel was closed.
	 * @param connection its connection
	 */
	void closed(PooledConnection connection) {
		// While addresses are tried one after another, the connector tells the outcome.
		if (connection == this.connection && this.phase == Phase.TLS) {
			failed(new IOException("the server closed the connection"));
		}
	}

	/**
	 * Give up. On any thread.
	 * @param error why
	 */
	void abandon(ConnPoolException error) {
		PooledConnection connection = this.connection;
		if (connection != null) {
			connection.channel().eventLoop().execute(() -> fail(error));
		}
	}

	private ConnPoolException noCommonProtocol() {
		return this.pool.host().noCommonProtocol("the server speaks none of these over TLS; add 'http/1.1'");
	}

	private void fail(ConnPoolException error) {
		if (this.over) {
			return;
		}
		disarm();
		if (this.connecting != null) {
			this.connecting.cancel();
		}
		CloseReason reason = (this.phase == Phase.TLS) ? CloseReason.TLS_ERROR : CloseReason.CONNECT_ERROR;
		PooledConnection connection = this.connection;
		if (connection != null) {
			connection.close(reason);
		}
		this.pool.failed(this, reason, error);
	}

	private void disarm() {
		this.over = true;
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
	}

	// The outcome of connecting

	@Override
	public void onSubscribe(Subscription connecting) {
		this.connecting = connecting;
		connecting.request(Long.MAX_VALUE);
	}

	@Override
	public void onNext(Channel channel) {
		if (this.over) {
			channel.close();
			return;
		}
		PooledConnection connection = this.connection;
		if (this.pool.host().isTunnelled()) {
			this.phase = Phase.PROXY;
		}
		else if (connection != null) {
			connected(connection);
		}
	}

	@Override
	public void onError(Throwable cause) {
		failed(cause);
	}

	@Override
	public void onComplete() {
		// Told by onNext.
	}

}
