package dev.connpool.pool.http2;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.HostErrors;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot.GoAway;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpScheme;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception.HeaderListSizeException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrameToHttpObjectCodec;
import io.netty.util.AsciiString;
import io.netty.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * The streams of one HTTP/2 connection (RFC 9113). Streams are reserved on any thread and
 * opened on the event loop.
 */
final class Http2Session implements Session {

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

	private final MessageStreams messages;

	private final AsciiString scheme;

	private final StreamPermits permits = new StreamPermits();

	private volatile boolean ready;

	private final Future<?> settingsTimer;

	/** Streams that have been released although they have not quite ended. */
	private int ending;

	/** The exchange that did not wait for SETTINGS. */
	private @Nullable Lease early;

	Http2Session(PooledConnection connection, ClientFrameCodec codec, HeaderByteCounter headerBytes,
			PingHandler pingHandler) {
		this.connection = connection;
		this.messages = codec.messages();
		this.scheme = connection.host().secure() ? HttpScheme.HTTPS.name() : HttpScheme.HTTP.name();
		this.headerBytes = headerBytes;
		this.pingHandler = pingHandler;
		this.http2 = codec.connection();
		this.peerHeaders = codec.encoder().configuration().headersConfiguration();
		this.streams = new Http2StreamChannelBootstrap(connection.channel());
		pingHandler.whenAcknowledged(this::alive);
		this.settingsTimer = connection.channel()
			.eventLoop()
			.schedule(this::settingsMissing, connection.host().timeouts().tlsHandshake().toNanos(),
					TimeUnit.NANOSECONDS);
		connection.channel().closeFuture().addListener((closed) -> this.settingsTimer.cancel(false));
	}

	@Override
	public PooledConnection connection() {
		return this.connection;
	}

	@Override
	public boolean isShared() {
		return true;
	}

	@Override
	public boolean isReady() {
		return this.ready;
	}

	@Override
	public int limit() {
		return this.connection.isOpen() ? this.permits.limit() : 0;
	}

	@Override
	public int active() {
		return this.permits.count();
	}

	// Reservations, on any thread

	@Override
	public boolean tryReserve() {
		int streams = this.connection.isOpen() ? this.permits.take() : 0;
		if (streams == 1) {
			this.connection.busy();
		}
		return streams > 0;
	}

	@Override
	public void giveBack() {
		if (this.permits.giveBack() == 0) {
			becomesIdle();
			if (!this.connection.isOpen()) {
				closeIfUnused(this.connection.end().reason());
			}
		}
		this.connection.owner().roomFree(this.connection);
	}

	@Override
	public void becomesIdle() {
		this.connection.idle();
	}

	@Override
	public boolean closeIfUnused(CloseReason reason) {
		if (!this.permits.close()) {
			return false;
		}
		this.connection.end().note(reason);
		this.connection.busy();
		this.connection.close(reason);
		return true;
	}

	@Override
	public void drain(CloseReason reason) {
		this.connection.drain(reason);
		closeIfUnused(reason);
	}

	@Override
	public void connectionClosed() {
		if (this.permits.close()) {
			this.connection.busy();
		}
	}

	/**
	 * Have requests go to another connection, if one may take the place of this.
	 * @return whether this is used no more
	 */
	boolean leave() {
		assert this.connection.inEventLoop();
		if (!this.connection.isDraining() && !this.connection.owner().mayReplaceConnection()) {
			return false;
		}
		this.connection.drain(CloseReason.CANCELLED);
		this.connection.owner().retire(this.connection, CloseReason.CANCELLED);
		return true;
	}

	// Streams, on the event loop

	@Override
	public void probeIfSilent(long start, long now) {
		assert this.connection.inEventLoop();
		// No frame that counts has arrived for half the time since.
		if (now - this.pingHandler.heardAt() > (now - start) / 2) {
			this.permits.suspend(true);
			this.pingHandler.probe();
		}
	}

	private void alive() {
		assert this.connection.inEventLoop();
		if (isProbing()) {
			this.permits.suspend(false);
			this.connection.owner().roomFree(this.connection);
		}
	}

	@Override
	public boolean isProbing() {
		return this.permits.isSuspended();
	}

	@Override
	public boolean allowsNone() {
		return this.ready && this.permits.allowed() == 0 && !isProbing();
	}

	private void settingsMissing() {
		assert this.connection.inEventLoop();
		ConnPoolException error = this.connection.host().errors().settingsMissing();
		this.connection.drain(CloseReason.PROTOCOL_ERROR);
		this.connection.owner().retire(this.connection, CloseReason.PROTOCOL_ERROR);
		if (this.early != null) {
			this.early.abort(error, CloseReason.PROTOCOL_ERROR);
		}
		this.connection.close(CloseReason.PROTOCOL_ERROR);
		this.connection.owner().settingsMissing(error);
	}

	@Override
	public void serve(Lease lease) {
		assert this.connection.inEventLoop();
		if (!this.connection.channel().isActive() || this.http2.goAwayReceived()) {
			sendAway(lease);
			return;
		}
		if (!this.http2.local().canOpenStream()) {
			postpone(lease);
			return;
		}
		if (!lease.needsChannel()) {
			carryMessages(lease);
			return;
		}
		Future<Http2StreamChannel> opening = this.streams.open();
		if (opening.isDone()) {
			opened(lease, opening);
		}
		else {
			opening.addListener((opened) -> opened(lease, opening));
		}
	}

	private void postpone(Lease lease) {
		EventLoop eventLoop = this.connection.channel().eventLoop();
		if (active() > limit() || eventLoop.isShuttingDown()) {
			// The server has lowered its limit since the stream was reserved, or there is
			// no later.
			sendAway(lease);
		}
		else if (this.ending > 0) {
			// For the server, the stream that this takes the place of is open until the
			// event loop has finished with it.
			eventLoop.execute(lease);
		}
		else {
			// Or until it has been written that the stream is reset.
			eventLoop.schedule(lease, 1, TimeUnit.MILLISECONDS).addListener((done) -> {
				if (done.isCancelled()) {
					sendAway(lease);
				}
			});
		}
	}

	private void sendAway(Lease lease) {
		giveBack();
		this.connection.owner().reassign(lease);
	}

	private void opened(Lease lease, Future<Http2StreamChannel> opening) {
		assert this.connection.inEventLoop();
		if (!opening.isSuccess()) {
			sendAway(lease);
			return;
		}
		Http2StreamChannel stream = opening.getNow();
		if (!lease.activate()) {
			stream.close();
			giveBack();
			return;
		}
		Http2StreamHandler carrier = new Http2StreamHandler(this, lease, stream);
		stream.closeFuture().addListener((closed) -> carrier.closed());
		try {
			carry(lease, carrier);
		}
		catch (Throwable ex) {
			// Nobody else would tell the caller if the stream was opened only now.
			lease.failed(ex);
			stream.close();
		}
	}

	private void carryMessages(Lease lease) {
		if (!lease.activate()) {
			giveBack();
			return;
		}
		Http2MessageStream stream = new Http2MessageStream(this, this.messages, lease);
		try {
			lease.begin(stream, acquired(lease));
			if (stream.id() == 0 && stream.isOpen()) {
				this.messages.unwritten(stream);
			}
			retireIfUsedUp();
		}
		catch (Throwable ex) {
			lease.failed(ex);
			stream.close();
		}
	}

	private boolean acquired(Lease lease) {
		this.early = this.ready ? null : lease;
		boolean reused = this.connection.acquired(lease);
		this.connection.events().streamOpened(this.connection.info());
		return reused;
	}

	private void carry(Lease lease, Http2StreamHandler stream) {
		boolean reused = acquired(lease);
		stream.channel()
			.pipeline()
			.addLast(Http2MessageHandler.NAME, new Http2MessageHandler(this, lease))
			.addLast(NettyPipeline.H2ToHttp11Codec, CODEC)
			.addLast(NettyPipeline.HttpTrafficHandler, stream);
		lease.begin(stream, reused);
		retireIfUsedUp();
	}

	/**
	 * Note that a stream is free, although it has not quite ended.
	 */
	void releasedEarly() {
		assert this.connection.inEventLoop();
		this.ending++;
		giveBack();
	}

	/**
	 * Note that a stream has ended.
	 * @param lease the lease of its exchange
	 * @param reset why the server reset it, or {@code null} if it did not
	 * @param early whether it is known that it is free
	 */
	void closed(Lease lease, @Nullable String reset, boolean early) {
		ended(lease, reset);
		if (early) {
			this.ending--;
		}
		else {
			giveBack();
		}
	}

	/**
	 * Note that an exchange has ended, whose stream is given back.
	 * @param lease its lease
	 * @param reset why the server reset the stream, or {@code null} if it did not
	 */
	void ended(Lease lease, @Nullable String reset) {
		assert this.connection.inEventLoop();
		boolean begun = lease.hasBegun();
		lease.ended();
		if (begun) {
			this.connection.events().streamClosed(this.connection.info(), reset);
		}
		this.connection.events().released(this.connection.info());
	}

	private void retireIfUsedUp() {
		if (!this.connection.host().pool().keepAlive()) {
			this.connection.owner().retire(this.connection, CloseReason.KEEP_ALIVE_OFF);
		}
		else if (this.http2.local().lastStreamCreated() > LAST_USABLE_ID) {
			this.connection.owner().retire(this.connection, CloseReason.MAX_LIFETIME);
		}
	}

	@Override
	public ConnectionSnapshot fillIn(ConnectionSnapshot connection) {
		Http2Stream all = this.http2.connectionStream();
		return connection.with(new ConnectionSnapshot.Http2(active(), limit(), this.goAway,
				this.pingHandler.roundTrip(), this.http2.remote().flowController().windowSize(all),
				this.http2.local().flowController().windowSize(all),
				new ConnectionSnapshot.HeaderBytes(this.headerBytes.raw(), this.headerBytes.wire())));
	}

	AsciiString scheme() {
		return this.scheme;
	}

	/**
	 * Return why a field section is not written. The encoder would refuse it too, but
	 * when the stream has been opened.
	 * @param headers the field section of a request
	 * @return the error, or {@code null} if it is not larger than the server takes
	 */
	@Nullable ConnPoolException refusal(Http2Headers headers) {
		long limit = this.peerHeaders.maxHeaderListSize();
		if (limit >= Http2CodecUtil.MAX_HEADER_LIST_SIZE) {
			return null;
		}
		long size = HeaderListSize.of(headers);
		return (size > limit)
				? this.connection.host()
					.errors()
					.requestHeaderTooLarge(headers.method() == null, size, limit, HeaderListSize.largest(headers))
				: null;
	}

	/**
	 * Say what is wrong with a response.
	 * @param cause what the codec, or {@link ResponseFraming}, has found
	 * @return the error
	 */
	ConnPoolException malformed(Throwable cause) {
		HostErrors errors = this.connection.host().errors();
		return (cause instanceof HeaderListSizeException) ? errors.headerListTooLarge(cause)
				: errors.protocolError("the response is malformed (RFC 9113, section 8.1.1)", cause);
	}

	/**
	 * Return the name of an error code (RFC 9113, section 7).
	 * @param code the code
	 * @return its name
	 */
	static String name(long code) {
		Http2Error error = Http2Error.valueOf(code);
		return (error != null) ? error.name() : "UNKNOWN";
	}

	/**
	 * Return whether the server has said that it ignores a stream.
	 * @param id the stream id
	 * @return whether GOAWAY was received and the id is beyond its last one
	 */
	boolean isIgnored(int id) {
		return this.http2.goAwayReceived() && id > this.http2.local().lastStreamKnownByPeer();
	}

	/**
	 * Look at a stream.
	 * @param id the stream id
	 * @return how it is now, or {@code null} if there is none of that id
	 */
	SessionStream.@Nullable Flow flow(int id) {
		Http2Stream stream = (id > 0) ? this.http2.stream(id) : null;
		if (stream == null) {
			return null;
		}
		String state = stream.state().name().toLowerCase(Locale.ROOT).replace('_', '-');
		return new SessionStream.Flow(state, this.http2.remote().flowController().windowSize(stream),
				this.http2.local().flowController().windowSize(stream));
	}

	// What the server says about the connection, on the event loop

	/**
	 * Note that nothing more is read.
	 */
	void inputClosed() {
		this.messages.connectionClosed();
	}

	/**
	 * Note that the server will not serve more streams on the connection.
	 * @param goAway what it said
	 */
	void goAwayReceived(GoAway goAway) {
		assert this.connection.inEventLoop();
		this.goAway = goAway;
		this.connection.events().goAwayReceived(this.connection.info(), goAway.errorCode());
		this.connection.owner().retire(this.connection, CloseReason.GOAWAY);
	}

	/**
	 * Note that SETTINGS have arrived.
	 * @param peer how many streams the server allows, or {@code null} if it did not say
	 */
	void settingsReceived(@Nullable Long peer) {
		assert this.connection.inEventLoop();
		if (!this.ready || peer != null) {
			int cap = this.connection.host().http2().maxConcurrentStreams();
			long allowed = Math.min((peer != null) ? peer : Integer.MAX_VALUE, (cap > 0) ? cap : Integer.MAX_VALUE);
			this.permits.allow((int) allowed);
		}
		this.ready = true;
		this.early = null;
		this.settingsTimer.cancel(false);
		this.connection.owner().streamLimit(this.permits.allowed());
	}

}
