package dev.connpool.pool.http2;

import java.util.stream.Stream;

import dev.connpool.pool.connection.CloseHandler;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.connection.TlsRecordHandler;
import dev.connpool.pool.host.Host;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.Protocol;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import reactor.netty.NettyPipeline;

/**
 * Has connections speak HTTP/2 (RFC 9113), over TLS or with prior knowledge, in place of
 * the HTTP/1.1 for which Reactor Netty has prepared them.
 */
public final class Http2SessionFactory implements SessionFactory {

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

	@Override
	public boolean speaks(Protocol protocol) {
		return protocol == Protocol.H2 || protocol == Protocol.H2C;
	}

	@Override
	public Session install(PooledConnection connection, ChannelHandlerContext ctx) throws Http2Exception {
		ChannelPipeline pipeline = ctx.pipeline();
		removeHttp1(pipeline);
		Host host = connection.host();
		HeaderByteCounter headerBytes = new HeaderByteCounter();
		Resets resets = new Resets(connection);
		ClientFrameCodec codec = codec(host, headerBytes, resets);
		PingHandler pingHandler = new PingHandler(connection, host.http2());
		Http2Session session = new Http2Session(connection, codec, headerBytes, pingHandler);
		resets.whenTooMany(session::leave);
		pipeline.addBefore(NettyPipeline.ReactiveBridge, CloseHandler.NAME, new CloseHandler(connection))
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.H2Flush, codec.flushes())
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.headers", headerBytes)
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.HttpCodec, codec)
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.ping", pingHandler)
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.standin", new StandInHandler(codec.messages()))
			.addBefore(NettyPipeline.ReactiveBridge, NettyPipeline.H2MultiplexHandler,
					new Http2MultiplexHandler(PushRefused.INSTANCE))
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.windows",
					new FlowControlHandler(codec.connection(), host.http2()))
			.addBefore(NettyPipeline.ReactiveBridge, "connpool.http2", new Http2ConnectionHandler(connection, session))
			.remove(NettyPipeline.ReactiveBridge);
		codec.messages().install(pipeline.context(codec), pingHandler);
		widen(codec.connection(), host.http2().connectionWindowSize());
		pipeline.channel().flush();
		return session;
	}

	private static void removeHttp1(ChannelPipeline pipeline) {
		Stream.of(NettyPipeline.HttpDecompressor, NettyPipeline.HttpCodec, TlsRecordHandler.NAME)
			.forEach((name) -> remove(pipeline, name));
	}

	private static void remove(ChannelPipeline pipeline, String name) {
		if (pipeline.get(name) != null) {
			pipeline.remove(name);
		}
	}

	private static ClientFrameCodec codec(Host host, HeaderByteCounter headerBytes, Resets resets) {
		Http2Settings settings = host.http2();
		return ClientFrameCodec.create(io.netty.handler.codec.http2.Http2Settings.defaultSettings()
			.pushEnabled(false)
			.initialWindowSize(settings.initialWindowSize())
			.headerTableSize(settings.headerTableSize())
			.maxHeaderListSize(host.maxHeaderListSize()), headerBytes, resets);
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
