package dev.connpool.pool;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.error.ConnPoolException;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot.GoAway;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2SettingsFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;
import reactor.netty.NettyPipeline;
import reactor.netty.ReactorNetty;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * The streams of one HTTP/2 connection (RFC 9113). Streams are reserved on any thread and
 * opened on the event loop.
 */
final class Http2Session extends ChannelInboundHandlerAdapter {

	/** More reservations than there can be: nothing can be reserved any more. */
	private static final int CLOSED = Integer.MIN_VALUE / 2;

	/** Room for the streams reserved while the last ids are being used up. */
	private static final int LAST_USABLE_ID = Integer.MAX_VALUE - (1 << 20);

	private static final Http2StreamFrameToHttpObjectCodec CODEC = new Http2StreamFrameToHttpObjectCodec(false);

	/** Where Reactor Netty looks for SETTINGS_ENABLE_CONNECT_PROTOCOL (RFC 8441). */
	private static final AttributeKey<Long> CONNECT_PROTOCOL = AttributeKey.valueOf("$ENABLE_CONNECT_PROTOCOL");

	private static final char CONNECT_PROTOCOL_SETTING = 8;

	private final PooledConnection connection;

	private final Http2Connection http2;

	private final HeaderBytes headerBytes;

	private final LivenessHandler liveness;

	private @Nullable GoAway goAway;

	private final Http2StreamChannelBootstrap streams;

	private final AtomicInteger reserved = new AtomicInteger();

	/**
	 * Streams that may be open at once. One until the server's SETTINGS say: it costs the
	 * first request no round trip, and nothing is refused.
	 */
	private volatile int limit = 1;

	/** What the server and the settings allow, whatever the state of the connection. */
	private volatile int allowed = 1;

	private volatile boolean probing;

	private volatile boolean ready;

	private final Future<?> settingsTimer;

	/** Streams that have been released although they have not quite ended. */
	private int ending;

	/** The exchange that did not wait for SETTINGS. */
	private @Nullable Exchange early;

	Http2Session(PooledConnection connection, Http2FrameCodec codec, HeaderBytes headerBytes,
			LivenessHandler liveness) {
		this.connection = connection;
		this.headerBytes = headerBytes;
		this.liveness = liveness;
		this.http2 = codec.connection();
		this.streams = new Http2StreamChannelBootstrap(connection.channel());
		this.settingsTimer = connection.channel()
			.eventLoop()
			.schedule(() -> connection.pool().settingsMissing(this),
					connection.pool().host().timeouts().tlsHandshake().toNanos(), TimeUnit.NANOSECONDS);
		connection.channel().closeFuture().addListener((closed) -> this.settingsTimer.cancel(false));
	}

	PooledConnection connection() {
		return this.connection;
	}

	/**
	 * Return whether the server's SETTINGS have arrived.
	 * @return whether the limit is known
	 */
	boolean isReady() {
		return this.ready;
	}

	int limit() {
		return this.limit;
	}

	int activeStreams() {
		return Math.max(0, this.reserved.get());
	}

	// Reservations, on any thread

	boolean tryReserve() {
		for (int streams = this.reserved.get(); streams >= 0 && streams < this.limit; streams = this.reserved.get()) {
			if (this.reserved.compareAndSet(streams, streams + 1)) {
				if (streams == 0) {
					noLongerIdle();
				}
				return true;
			}
		}
		return false;
	}

	/**
	 * Reserve a stream unless the connection lay idle.
	 * @return whether one is reserved
	 */
	boolean tryReserveFresh() {
		return !isStale() && tryReserve();
	}

	/**
	 * Return whether the connection was used and is not now: it may have broken since.
	 * @return whether it lies idle
	 */
	boolean isStale() {
		return activeStreams() == 0 && this.connection.record().exchanges() > 0;
	}

	void unreserve() {
		if (this.reserved.decrementAndGet() == 0) {
			becomesIdle();
			if (this.connection.isDraining()) {
				closeIfUnused(CloseReason.DRAINED);
			}
		}
		this.connection.pool().streamFree(this.connection);
	}

	/**
	 * Count this as idle. Every way to no reservations does, every way from there undoes
	 * it, so that the count is right whoever comes first.
	 */
	void becomesIdle() {
		this.connection.idle();
		this.connection.pool().idleCount().add(1);
	}

	private void noLongerIdle() {
		this.connection.busy();
		this.connection.pool().idleCount().add(-1);
	}

	/**
	 * Close the connection unless it has streams.
	 * @param reason the reason
	 * @return whether it had none
	 */
	boolean closeIfUnused(CloseReason reason) {
		if (!this.reserved.compareAndSet(0, CLOSED)) {
			return false;
		}
		this.connection.closing(reason);
		noLongerIdle();
		this.connection.close(reason);
		return true;
	}

	/**
	 * Give out no more streams, and close the connection when it has none.
	 * @param reason the reason
	 */
	void drain(CloseReason reason) {
		this.connection.draining(reason);
		this.limit = 0;
		closeIfUnused(reason);
	}

	// Streams, on the event loop

	/**
	 * Give out no more streams until the server has answered a PING: a response is
	 * overdue and nothing was heard meanwhile.
	 */
	void probe() {
		this.probing = true;
		limitStreams();
		this.liveness.probe();
	}

	/**
	 * Note that the server has answered a PING.
	 */
	void alive() {
		if (this.probing) {
			this.probing = false;
			limitStreams();
			this.connection.pool().streamFree(this.connection);
		}
	}

	/**
	 * Return whether the connection is suspect. On any thread.
	 * @return whether it waits for a PING to be answered
	 */
	boolean isProbing() {
		return this.probing;
	}

	/**
	 * Return whether the server allows no streams for now. On any thread.
	 * @return whether its limit is zero
	 */
	boolean allowsNone() {
		return this.ready && this.allowed == 0 && !this.probing;
	}

	private void limitStreams() {
		this.limit = (this.probing || this.connection.isDraining()) ? 0 : this.allowed;
		if (this.connection.isDraining()) {
			// Another thread has begun to drain it meanwhile.
			this.limit = 0;
		}
	}

	/**
	 * Close the connection because the server does not answer.
	 * @param error what the caller that did not wait for the answer is told
	 */
	void fail(ConnPoolException error) {
		this.limit = 0;
		this.connection.pool().retire(this.connection, CloseReason.PROTOCOL_ERROR);
		if (this.early != null) {
			this.early.abort(error, CloseReason.PROTOCOL_ERROR);
		}
		this.connection.close(CloseReason.PROTOCOL_ERROR);
	}

	/**
	 * Open the stream that was reserved for an exchange.
	 * @param exchange the exchange
	 */
	void open(Exchange exchange) {
		if (!this.connection.channel().isActive() || this.http2.goAwayReceived()) {
			giveBack(exchange);
			return;
		}
		if (!this.http2.local().canOpenStream()) {
			postpone(exchange);
			return;
		}
		Future<Http2StreamChannel> opening = this.streams.open();
		if (opening.isDone()) {
			opened(exchange, opening);
		}
		else {
			opening.addListener((opened) -> opened(exchange, opening));
		}
	}

	private void postpone(Exchange exchange) {
		EventLoop eventLoop = this.connection.channel().eventLoop();
		if (this.reserved.get() > this.limit || eventLoop.isShuttingDown()) {
			// The server has lowered its limit since the stream was reserved, or there is
			// no later.
			giveBack(exchange);
		}
		else if (this.ending > 0) {
			// For the server, the stream that this takes the place of is open until the
			// event loop has finished with it.
			eventLoop.execute(exchange);
		}
		else {
			// Or until it has been written that the stream is reset.
			eventLoop.schedule(exchange, 1, TimeUnit.MILLISECONDS).addListener((done) -> {
				if (done.isCancelled()) {
					giveBack(exchange);
				}
			});
		}
	}

	private void giveBack(Exchange exchange) {
		unreserve();
		this.connection.pool().reassign(exchange);
	}

	private void opened(Exchange exchange, Future<Http2StreamChannel> opening) {
		if (!opening.isSuccess()) {
			giveBack(exchange);
			return;
		}
		Http2StreamChannel stream = opening.getNow();
		if (!exchange.activate()) {
			stream.close();
			unreserve();
			return;
		}
		stream.closeFuture().addListener((closed) -> {
			exchange.end(this.connection.inFlight());
			this.connection.tell((listener, told) -> listener.streamClosed(told, exchange.progress().reset()));
			this.connection.tell(ConnectionListener::released);
			closed(exchange);
		});
		exchange(exchange, stream);
	}

	/**
	 * Release the stream of an exchange because the response has ended, before the caller
	 * learns of it: its next request finds a stream free.
	 * @param exchange the exchange
	 */
	void releaseEarly(Exchange exchange) {
		if (exchange.release()) {
			this.ending++;
			unreserve();
		}
	}

	private void closed(Exchange exchange) {
		if (exchange.release()) {
			unreserve();
		}
		else {
			this.ending--;
		}
	}

	private void exchange(Exchange exchange, Http2StreamChannel stream) {
		Context context = exchange.currentContext();
		if (!context.isEmpty()) {
			ReactorNetty.setChannelContext(stream, context);
		}
		this.early = this.ready ? null : exchange;
		exchange.begin(stream, this.connection.inFlight());
		this.connection.announce(exchange);
		this.connection.tell(ConnectionListener::streamOpened);
		ChannelPipeline pipeline = stream.pipeline();
		pipeline.addLast(NettyPipeline.H2ToHttp11Codec, CODEC)
			.addLast(NettyPipeline.HttpTrafficHandler, new Http2StreamHandler(this, exchange));
		ChannelOperations.OnSetup factory = exchange.config.channelOperationsProvider();
		ChannelOperations.addReactiveBridge(stream, factory, exchange);
		ChannelOperations<?, ?> operations = factory.create(Connection.from(stream), exchange, null);
		if (operations != null) {
			operations.bind();
			exchange.onStateChange(operations, HttpClientState.STREAM_CONFIGURED);
			exchange.deliver(operations);
		}
		retireIfUsedUp();
	}

	private void retireIfUsedUp() {
		if (!this.connection.pool().host().pool().keepAlive()) {
			this.connection.pool().retire(this.connection, CloseReason.KEEP_ALIVE_OFF);
		}
		else if (this.http2.local().lastStreamCreated() > LAST_USABLE_ID) {
			this.connection.pool().retire(this.connection, CloseReason.MAX_LIFETIME);
		}
	}

	/**
	 * Look at the session.
	 * @return how it is now
	 */
	ConnectionSnapshot.Http2 snapshot() {
		Http2Stream all = this.http2.connectionStream();
		return new ConnectionSnapshot.Http2(activeStreams(), this.limit, this.goAway, this.liveness.roundTrip(),
				this.http2.remote().flowController().windowSize(all),
				this.http2.local().flowController().windowSize(all),
				new ConnectionSnapshot.HeaderBytes(this.headerBytes.raw(), this.headerBytes.wire()));
	}

	/**
	 * Return a stream.
	 * @param id the stream id
	 * @return the stream, or {@code null} if there is none of that id
	 */
	@Nullable Http2Stream stream(int id) {
		return this.http2.stream(id);
	}

	/**
	 * Return whether the server has said that it ignores a stream.
	 * @param id the stream id
	 * @return whether GOAWAY was received and the id is beyond its last one
	 */
	boolean isIgnored(int id) {
		return this.http2.goAwayReceived() && id > this.http2.local().lastStreamKnownByPeer();
	}

	int sendWindow(Http2Stream stream) {
		return this.http2.remote().flowController().windowSize(stream);
	}

	int receiveWindow(Http2Stream stream) {
		return this.http2.local().flowController().windowSize(stream);
	}

	// What the server says about the connection, on the event loop

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (msg instanceof Http2SettingsFrame frame) {
			settingsReceived(ctx.channel(), frame.settings());
		}
		else if (msg instanceof Http2GoAwayFrame frame) {
			Http2Error error = Http2Error.valueOf(frame.errorCode());
			String code = (error != null) ? error.name() : Long.toString(frame.errorCode());
			this.goAway = new GoAway(frame.lastStreamId(), code);
			this.connection.tell((listener, told) -> listener.goAwayReceived(told, code));
			this.connection.pool().retire(this.connection, CloseReason.GOAWAY);
		}
		ReferenceCountUtil.release(msg);
	}

	private void settingsReceived(Channel channel, Http2Settings settings) {
		if (!this.ready || settings.maxConcurrentStreams() != null) {
			Long peer = settings.maxConcurrentStreams();
			int cap = this.connection.pool().host().http2().maxConcurrentStreams();
			long allowed = Math.min((peer != null) ? peer : Integer.MAX_VALUE, (cap > 0) ? cap : Integer.MAX_VALUE);
			this.allowed = (int) allowed;
			limitStreams();
		}
		channel.attr(CONNECT_PROTOCOL).set(settings.get(CONNECT_PROTOCOL_SETTING));
		this.ready = true;
		this.early = null;
		this.settingsTimer.cancel(false);
		this.connection.pool().streamLimit(this.allowed);
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
			ctx.close();
		}
		ReferenceCountUtil.release(event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		// The codec has told the server of its mistake (RFC 9113, section 5.4.1) and
		// closes.
		this.connection.failed(cause);
		if (!(cause instanceof IOException)) {
			this.connection.closing(CloseReason.PROTOCOL_ERROR);
		}
	}

}
