package dev.connpool.pool;

import java.util.concurrent.TimeUnit;

import dev.connpool.error.ConnPoolException;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot.GoAway;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
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
final class Http2Session {

	/** Room for the streams reserved while the last ids are being used up. */
	private static final int LAST_USABLE_ID = Integer.MAX_VALUE - (1 << 20);

	private static final Http2StreamFrameToHttpObjectCodec CODEC = new Http2StreamFrameToHttpObjectCodec(false);

	private final PooledConnection connection;

	private final Http2Connection http2;

	private final Http2HeadersEncoder.Configuration peerHeaders;

	private final HeaderByteCounter headerBytes;

	private final PingHandler pingHandler;

	private @Nullable GoAway goAway;

	private final Http2StreamChannelBootstrap streams;

	private final StreamPermits permits = new StreamPermits();

	private volatile boolean ready;

	private final Future<?> settingsTimer;

	/** Streams that have been released although they have not quite ended. */
	private int ending;

	/** The exchange that did not wait for SETTINGS. */
	private @Nullable Exchange early;

	Http2Session(PooledConnection connection, Http2FrameCodec codec, HeaderByteCounter headerBytes,
			PingHandler pingHandler) {
		this.connection = connection;
		this.headerBytes = headerBytes;
		this.pingHandler = pingHandler;
		this.http2 = codec.connection();
		this.peerHeaders = codec.encoder().configuration().headersConfiguration();
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
		return this.permits.limit();
	}

	int activeStreams() {
		return this.permits.count();
	}

	// Reservations, on any thread

	boolean tryReserve() {
		int streams = this.permits.take();
		if (streams == 1) {
			noLongerIdle();
		}
		return streams > 0;
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
		if (this.permits.giveBack() == 0) {
			becomesIdle();
			if (this.connection.isDraining()) {
				closeIfUnused(this.connection.closeReason());
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
		if (!this.permits.close()) {
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
		this.permits.end();
		closeIfUnused(reason);
	}

	/**
	 * Give out no more streams.
	 */
	void endReservations() {
		this.permits.end();
	}

	// Streams, on the event loop

	/**
	 * Give out no more streams until the server has answered a PING: a response is
	 * overdue and nothing was heard meanwhile.
	 */
	void probe() {
		this.permits.suspend(true);
		this.pingHandler.probe();
	}

	/**
	 * Return whether nothing was heard of the server for long.
	 * @param start when an exchange began
	 * @param now the current time
	 * @return whether no frame that counts has arrived for half the time since
	 */
	boolean isSilent(long start, long now) {
		return now - this.pingHandler.heardAt() > (now - start) / 2;
	}

	/**
	 * Note that the server has answered a PING.
	 */
	void alive() {
		if (isProbing()) {
			this.permits.suspend(false);
			this.connection.pool().streamFree(this.connection);
		}
	}

	/**
	 * Return whether the connection is suspect. On any thread.
	 * @return whether it waits for a PING to be answered
	 */
	boolean isProbing() {
		return this.permits.isSuspended();
	}

	/**
	 * Return whether the server allows no streams for now. On any thread.
	 * @return whether its limit is zero
	 */
	boolean allowsNone() {
		return this.ready && this.permits.allowed() == 0 && !isProbing();
	}

	/**
	 * Close the connection because the server does not answer.
	 * @param error what the caller that did not wait for the answer is told
	 */
	void fail(ConnPoolException error) {
		this.permits.end();
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
		if (activeStreams() > limit() || eventLoop.isShuttingDown()) {
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
			if (exchange.hasBegun()) {
				this.connection.events().streamClosed(this.connection.info(), exchange.progress().reset());
			}
			this.connection.events().released(this.connection.info());
			closed(exchange);
		});
		try {
			exchange(exchange, stream);
		}
		catch (Throwable ex) {
			// Nobody else would tell the caller if the stream was opened only now.
			exchange.failed(ex);
			stream.close();
		}
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
		this.connection.events().streamOpened(this.connection.info());
		ChannelPipeline pipeline = stream.pipeline();
		pipeline.addLast(Http2MessageHandler.NAME, new Http2MessageHandler(this, exchange))
			.addLast(NettyPipeline.H2ToHttp11Codec, CODEC)
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
		return new ConnectionSnapshot.Http2(activeStreams(), limit(), this.goAway, this.pingHandler.roundTrip(),
				this.http2.remote().flowController().windowSize(all),
				this.http2.local().flowController().windowSize(all),
				new ConnectionSnapshot.HeaderBytes(this.headerBytes.raw(), this.headerBytes.wire()));
	}

	/**
	 * Return how large the server lets the header of a request be.
	 * @return the size in bytes, as {@link HeaderListSize} counts it
	 */
	long maxHeaderListSize() {
		return this.peerHeaders.maxHeaderListSize();
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

	/**
	 * Note that the server will not serve more streams on the connection.
	 * @param goAway what it said
	 */
	void goAwayReceived(GoAway goAway) {
		this.goAway = goAway;
		this.connection.events().goAwayReceived(this.connection.info(), goAway.errorCode());
		this.connection.pool().retire(this.connection, CloseReason.GOAWAY);
	}

	/**
	 * Note that SETTINGS have arrived.
	 * @param peer how many streams the server allows, or {@code null} if it did not say
	 */
	void settingsReceived(@Nullable Long peer) {
		if (!this.ready || peer != null) {
			int cap = this.connection.pool().host().http2().maxConcurrentStreams();
			long allowed = Math.min((peer != null) ? peer : Integer.MAX_VALUE, (cap > 0) ? cap : Integer.MAX_VALUE);
			this.permits.allow((int) allowed);
		}
		this.ready = true;
		this.early = null;
		this.settingsTimer.cancel(false);
		this.connection.pool().streamLimit(this.permits.allowed());
	}

}
