package dev.connpool.pool.dial;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.connection.SocketHandler;
import dev.connpool.pool.connection.TlsRecordHandler;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.host.ReloadableSslContext;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.snapshot.ConnectionSnapshot;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Opens one connection: resolves the name, connects to one of its addresses, does TLS.
 * Each step on the network has its deadline; whatever fails is told once. All but
 * {@link #start} happens on one event loop, which is that of the channel.
 */
public final class Dial {

	private static final AtomicLong COUNT = new AtomicLong();

	private final long number = COUNT.incrementAndGet();

	private final Instant openedAt = Instant.now();

	private volatile long startedAt = System.nanoTime();

	private final DialOwner owner;

	private final ConnectionSpec spec;

	private final @Nullable InetSocketAddress aim;

	private final EventLoop eventLoop;

	private final HappyEyeballs happyEyeballs;

	private volatile Phase phase = Phase.DNS;

	private final AtomicBoolean over = new AtomicBoolean();

	private volatile @Nullable PooledConnection connection;

	private @Nullable Future<?> deadline;

	/**
	 * Create a dial.
	 * @param owner whom it is for
	 * @param spec what shapes the connection
	 * @param aim the one address to connect to, or {@code null} for any of the host
	 */
	public Dial(DialOwner owner, ConnectionSpec spec, @Nullable InetSocketAddress aim) {
		this.owner = owner;
		this.spec = spec;
		this.aim = aim;
		this.eventLoop = choose(spec.eventLoops());
		this.happyEyeballs = new HappyEyeballs(this, spec, this.eventLoop, owner.lookup(aim));
	}

	/**
	 * Choose an event loop: where connections are not shared, the one whose turn it is.
	 * Reactor Netty's own choice is that of the calling thread, which is whoever works
	 * off the mailbox: that one would get all connections of a burst.
	 * @param group the event loops
	 * @return the event loop of the channel
	 */
	private EventLoop choose(EventLoopGroup group) {
		if (this.owner.sharesConnections()) {
			return group.next();
		}
		List<EventLoop> loops = new ArrayList<>();
		group.forEach((executor) -> {
			if (executor instanceof EventLoop loop) {
				loops.add(loop);
			}
		});
		return loops.isEmpty() ? group.next() : loops.get((int) (this.number % loops.size()));
	}

	public void start() {
		ReloadableSslContext tls = this.owner.tls();
		if (tls != null) {
			tls.makeReady().whenComplete((ready, failure) -> enter((failure != null) ? failure.getCause() : null));
		}
		else {
			enter(null);
		}
	}

	/**
	 * Return whether the calling thread may do what belongs to this. For assertions.
	 * @return whether it is that of the event loop, or whoever finds out that there is
	 * none any more
	 */
	boolean inEventLoop() {
		return this.eventLoop.inEventLoop() || this.eventLoop.isShutdown();
	}

	private void enter(@Nullable Throwable obstacle) {
		try {
			this.eventLoop.execute(() -> begin(obstacle));
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
			fail(this.owner.unavailable());
		}
	}

	private void begin(@Nullable Throwable obstacle) {
		assert inEventLoop();
		this.startedAt = System.nanoTime();
		if (this.eventLoop.isShuttingDown()) {
			fail(this.owner.unavailable());
		}
		else if (obstacle != null) {
			this.phase = Phase.TLS;
			failed(obstacle);
		}
		else if (!this.over.get()) {
			arm(this.owner.host().timeouts().connect());
			connect();
		}
	}

	private void connect() {
		try {
			this.happyEyeballs.begin(this.owner.host().target());
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	public EventLoop eventLoop() {
		return this.eventLoop;
	}

	/**
	 * Return the one address that this is for.
	 * @return the address, or {@code null} if any will do
	 */
	public @Nullable InetSocketAddress aim() {
		return this.aim;
	}

	/**
	 * Prepare a channel; called once for each address that is tried.
	 * @param channel the channel
	 * @param late whether another one is connected
	 * @return its connection
	 */
	PooledConnection prepare(Channel channel, boolean late) {
		assert inEventLoop();
		TcpKeepAlive.apply(channel, this.spec, this.owner.host().settings().tcp());
		ConnectionRecord record = new ConnectionRecord(channel, this.openedAt, this.startedAt);
		PooledConnection connection = this.owner.connection(channel, record);
		if (!late) {
			this.connection = connection;
		}
		channel.pipeline().addFirst(this.spec.initializer(this.owner.host().address()));
		if (channel.pipeline().get(NettyPipeline.SslHandler) != null) {
			channel.pipeline().addBefore(NettyPipeline.SslHandler, TlsRecordHandler.NAME, new TlsRecordHandler());
		}
		Proxy proxy = this.owner.host().proxy();
		if (proxy != null && this.owner.host().isTunnelled()) {
			channel.pipeline().addFirst(new ProxyTunnelHandler(this, connection, proxy));
		}
		channel.pipeline().addFirst(new SocketHandler(connection));
		connection.bind();
		channel.pipeline()
			.addBefore(NettyPipeline.HttpCodec, NegotiationHandler.NAME, new NegotiationHandler(this, connection));
		return connection;
	}

	/**
	 * Return the connection that is being opened.
	 * @return the connection, or {@code null} if there is no channel yet
	 */
	public @Nullable PooledConnection connection() {
		return this.connection;
	}

	/**
	 * Return what is being done.
	 * @return {@code CONNECTING} or {@code HANDSHAKING}
	 */
	public ConnectionSnapshot.State state() {
		return (this.phase == Phase.TLS) ? ConnectionSnapshot.State.HANDSHAKING : ConnectionSnapshot.State.CONNECTING;
	}

	/**
	 * Return the id. On any thread.
	 * @return the id of the channel, or a number before there is one
	 */
	public String id() {
		PooledConnection connection = this.connection;
		return (connection != null) ? connection.record().id() : "dial-" + this.number;
	}

	/**
	 * Tell what is known without asking the event loop. On any thread.
	 * @return the connection so far
	 */
	public ConnectionSnapshot snapshot() {
		return new ConnectionSnapshot(id(), null, state(), null, null, null, this.openedAt,
				Duration.ofNanos(System.nanoTime() - this.startedAt), null, 0, 0, 0,
				new ConnectionSnapshot.Phases(null, null, null), null, List.of(), 0);
	}

	private void arm(Duration timeout) {
		assert inEventLoop();
		this.deadline = this.eventLoop.schedule(this::timedOut, timeout.toNanos(), TimeUnit.NANOSECONDS);
	}

	private void timedOut() {
		fail(this.owner.host().errors().connectionTimedOut(this.phase, this.happyEyeballs.tried()));
	}

	/**
	 * Note that a connection is about to be connected.
	 * @param connection the connection
	 * @param address its address
	 * @return whether that address has not been tried
	 */
	boolean tries(PooledConnection connection, SocketAddress address) {
		assert inEventLoop();
		if (!this.happyEyeballs.tries(address, this.owner.host().target())) {
			return false;
		}
		this.phase = Phase.CONNECT;
		connection.record().resolved(this.happyEyeballs.resolvedAt());
		return true;
	}

	/**
	 * Note why a connection could not be connected.
	 * @param cause what was reported
	 */
	void notConnected(Throwable cause) {
		assert inEventLoop();
		this.happyEyeballs.failed(cause);
	}

	/**
	 * Note that a connection is connected, to the proxy if there is one. The first one is
	 * used.
	 * @param connection the connection
	 * @return whether it is used
	 */
	boolean wins(PooledConnection connection) {
		return this.happyEyeballs.wins(connection);
	}

	/**
	 * Note which connection is going to be used.
	 * @param winner the connection
	 */
	void chosen(PooledConnection winner) {
		assert inEventLoop();
		this.connection = winner;
		if (this.owner.host().isTunnelled()) {
			this.phase = Phase.PROXY;
		}
		else {
			connected(winner);
		}
	}

	/**
	 * Note that the host is connected, through a tunnel if there has to be one.
	 * @param connection the connection that is going to be secured
	 */
	void connected(PooledConnection connection) {
		assert inEventLoop();
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
		this.phase = Phase.TLS;
		connection.record().connected();
		arm(this.owner.host().timeouts().tlsHandshake());
	}

	/**
	 * Decide which protocol to speak.
	 * @param alpn what TLS negotiated, or {@code null}
	 * @return the protocol, or {@code null} if there is none and the dial has failed
	 */
	@Nullable Protocol negotiated(@Nullable String alpn) {
		Protocol protocol = this.owner.host().protocolFor(alpn);
		if (protocol == null) {
			fail(noCommonProtocol());
		}
		return protocol;
	}

	/**
	 * Return how a connection comes to speak a protocol.
	 * @param protocol the protocol
	 * @return what has it speak that
	 */
	SessionFactory sessionFactory(Protocol protocol) {
		return this.owner.sessionFactory(protocol);
	}

	/**
	 * Note that TLS and ALPN, if there are any, are done.
	 * @param connection the connection that is ready for use
	 * @param protocol the protocol to be spoken on it
	 */
	void succeeded(PooledConnection connection, Protocol protocol) {
		assert inEventLoop();
		if (end()) {
			connection.record().secured(protocol);
			this.owner.opened(this, connection);
		}
	}

	/**
	 * Note what went wrong on a connection.
	 * @param connection the connection
	 * @param cause what was reported
	 */
	void failed(PooledConnection connection, Throwable cause) {
		if (this.happyEyeballs.isWinner(connection)) {
			failed(cause);
		}
		else {
			// There may be other addresses.
			notConnected(cause);
			connection.channel().close();
		}
	}

	void failed(Throwable cause) {
		assert inEventLoop();
		if (this.eventLoop.isShuttingDown()) {
			fail(this.owner.unavailable());
			return;
		}
		if (this.phase == Phase.TLS && isNoApplicationProtocol(cause)) {
			fail(noCommonProtocol());
			return;
		}
		Duration after = Duration.ofNanos(System.nanoTime() - this.startedAt);
		fail(this.owner.host().errors().connectionFailed(this.phase, after, cause, this.happyEyeballs.tried()));
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
		// While addresses are tried, Happy Eyeballs tells the outcome.
		if (connection == this.connection && this.phase == Phase.TLS) {
			failed(new IOException("the server closed the connection"));
		}
	}

	/**
	 * Give up. On any thread.
	 * @param error why
	 */
	public void abandon(ConnPoolException error) {
		try {
			this.eventLoop.execute(() -> fail(error));
		}
		catch (RejectedExecutionException ex) {
			// It is at its end and takes no more tasks.
			fail(error);
		}
	}

	private ConnPoolException noCommonProtocol() {
		return this.owner.host().errors().noCommonProtocol("the server speaks none of these over TLS; add 'http/1.1'");
	}

	private void fail(ConnPoolException error) {
		if (!end()) {
			return;
		}
		this.happyEyeballs.cancel();
		CloseReason reason = (this.phase == Phase.TLS) ? CloseReason.TLS_ERROR : CloseReason.CONNECT_ERROR;
		PooledConnection connection = this.connection;
		if (connection != null) {
			connection.close(reason);
		}
		this.owner.failed(this, reason, error);
	}

	// There are two threads when the event loop is at its end.
	private boolean end() {
		assert inEventLoop();
		if (!this.over.compareAndSet(false, true)) {
			return false;
		}
		if (this.deadline != null) {
			this.deadline.cancel(false);
		}
		return true;
	}

}
