package dev.connpool.pool;

import java.net.ConnectException;
import java.net.SocketAddress;

import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Waits until a new channel is connected and secured, and then gives it the codec of the
 * protocol that was negotiated. Reactor Netty has prepared it for HTTP/1.1.
 */
final class NegotiationHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.protocol";

	private static final int FLUSHES_AT_ONCE = 1024;

	/**
	 * Share of a stream's window that is left when it is refilled. With half of it, which
	 * is what Netty does, a server that has used up a window gets just over half of it
	 * back, and the rest one round trip later.
	 */
	private static final float REFILL_STREAM = 0.9f;

	/**
	 * The same for the connection. Slow readers may hold all of its window but this:
	 * beyond it the others would have to read more than they can get before it is
	 * refilled.
	 */
	private static final float REFILL_CONNECTION = 0.99f;

	private final Dial dial;

	private final PooledConnection connection;

	NegotiationHandler(Dial dial, PooledConnection connection) {
		this.dial = dial;
		this.connection = connection;
	}

	@Override
	public void connect(ChannelHandlerContext ctx, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
		if (!this.dial.tries(this.connection, remote)) {
			promise.setFailure(new TriedException());
			return;
		}
		promise.addListener((connected) -> {
			if (!connected.isSuccess()) {
				this.dial.notConnected(connected.cause());
			}
		});
		ctx.connect(remote, local, promise);
	}

	@Override
	public void channelActive(ChannelHandlerContext ctx) throws Http2Exception {
		if (!this.dial.wins(this.connection)) {
			ctx.close();
			return;
		}
		ChannelPipeline pipeline = ctx.pipeline();
		Protocol protocol = this.dial.negotiated(alpn(pipeline));
		if (protocol == null) {
			return;
		}
		if (protocol != Protocol.HTTP_1_1) {
			useHttp2(pipeline);
		}
		else {
			ctx.fireChannelActive();
			// Reactor Netty has bound operations of its own, which are for no exchange.
			this.connection.bind();
			remove(pipeline, NettyPipeline.HttpDecompressor);
			pipeline.addBefore(NettyPipeline.HttpCodec, CloseHandler.NAME, new CloseHandler(this.connection));
			ResponseBoundaryHandler boundary = new ResponseBoundaryHandler(this.connection);
			pipeline.addBefore(NettyPipeline.HttpCodec, ResponseBoundaryHandler.NAME, boundary);
			pipeline.addAfter(NettyPipeline.HttpCodec, Http1Handler.NAME, new Http1Handler(this.connection, boundary));
			pipeline.addAfter(NettyPipeline.HttpCodec, DiscardHandler.NAME, new DiscardHandler(this.connection));
			pipeline.addAfter(NettyPipeline.HttpCodec, ResponseHeadHandler.NAME,
					new ResponseHeadHandler(this.connection, boundary));
			forwardByProxy(pipeline);
		}
		// An idle connection has to notice that the server closes it.
		ctx.channel().config().setAutoRead(true);
		pipeline.remove(this);
		this.dial.succeeded(this.connection, protocol);
	}

	private void forwardByProxy(ChannelPipeline pipeline) {
		Host host = this.connection.pool().host();
		if (host.proxy() != null && !host.isTunnelled()) {
			pipeline.addAfter(NettyPipeline.HttpCodec, "connpool.forward",
					new ProxyForwardHandler(host.origin(), host.proxy()));
		}
	}

	private static @Nullable String alpn(ChannelPipeline pipeline) {
		SslHandler tls = pipeline.get(SslHandler.class);
		return (tls != null) ? tls.applicationProtocol() : null;
	}

	private void useHttp2(ChannelPipeline pipeline) throws Http2Exception {
		remove(pipeline, NettyPipeline.HttpDecompressor);
		remove(pipeline, NettyPipeline.HttpCodec);
		remove(pipeline, TlsRecordHandler.NAME);
		Http2Settings settings = this.connection.pool().host().http2();
		HeaderByteCounter headerBytes = new HeaderByteCounter();
		Http2FrameCodec codec = codec(settings, this.connection.pool().host().maxHeaderListSize(), headerBytes,
				new Resets(this.connection));
		PingHandler pingHandler = new PingHandler(this.connection, settings);
		Http2Session session = new Http2Session(this.connection, codec, headerBytes, pingHandler);
		this.connection.http2(session);
		pipeline.addBefore(NettyPipeline.ReactiveBridge, CloseHandler.NAME, new CloseHandler(this.connection))
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.H2Flush,
					new FlushConsolidationHandler(FLUSHES_AT_ONCE, true))
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.headers", headerBytes)
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.HttpCodec, codec)
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.liveness", pingHandler)
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.H2MultiplexHandler,
					new Http2MultiplexHandler(PushRefused.INSTANCE))
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.windows",
					new FlowControlHandler(codec.connection(), settings))
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.http2",
					new Http2ConnectionHandler(this.connection, session))
			.remove(NettyPipeline.ReactiveBridge);
		widen(codec.connection(), settings.connectionWindowSize());
		pipeline.channel().flush();
	}

	private static void remove(ChannelPipeline pipeline, String name) {
		if (pipeline.get(name) != null) {
			pipeline.remove(name);
		}
	}

	private static Http2FrameCodec codec(Http2Settings settings, int maxHeaderListSize, HeaderByteCounter headerBytes,
			Resets resets) {
		return ClientFrameCodec.create(io.netty.handler.codec.http2.Http2Settings.defaultSettings()
			.pushEnabled(false)
			.initialWindowSize(settings.initialWindowSize())
			.headerTableSize(settings.headerTableSize())
			.maxHeaderListSize(maxHeaderListSize), headerBytes, resets);
	}

	private static void widen(Http2Connection connection, int window) throws Http2Exception {
		var flow = (DefaultHttp2LocalFlowController) connection.local().flowController();
		flow.windowUpdateRatio(REFILL_STREAM);
		flow.windowUpdateRatio(connection.connectionStream(), REFILL_CONNECTION);
		int more = window - flow.initialWindowSize(connection.connectionStream());
		if (more > 0) {
			flow.incrementWindowSize(connection.connectionStream(), more);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.dial.closed(this.connection);
		ctx.fireChannelInactive();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		this.dial.failed(this.connection, cause);
	}

	/**
	 * Ends the attempt to connect to an address that was tried before.
	 */
	private static final class TriedException extends ConnectException {

		@Override
		public Throwable fillInStackTrace() {
			return this;
		}

	}

	/**
	 * Closes streams that a server opens. None does: push is disabled (RFC 9113, section
	 * 8.4).
	 */
	@Sharable
	private static final class PushRefused extends ChannelInitializer<Channel> {

		static final PushRefused INSTANCE = new PushRefused();

		@Override
		protected void initChannel(Channel stream) {
			stream.close();
		}

	}

}
