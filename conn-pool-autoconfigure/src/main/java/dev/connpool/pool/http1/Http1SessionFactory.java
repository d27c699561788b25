package dev.connpool.pool.http1;

import dev.connpool.pool.connection.CloseHandler;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.connection.TlsRecordHandler;
import dev.connpool.pool.host.Host;
import dev.connpool.settings.Protocol;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import reactor.netty.NettyPipeline;

/**
 * Has connections speak HTTP/1.1 (RFC 9112), for which Reactor Netty has prepared them.
 */
public final class Http1SessionFactory implements SessionFactory {

	@Override
	public boolean speaks(Protocol protocol) {
		return protocol == Protocol.HTTP_1_1;
	}

	@Override
	public Session install(PooledConnection connection, ChannelHandlerContext ctx) {
		ctx.fireChannelActive();
		// Reactor Netty has bound operations of its own, which are for no exchange.
		connection.bind();
		ChannelPipeline pipeline = ctx.pipeline();
		if (pipeline.get(NettyPipeline.HttpDecompressor) != null) {
			pipeline.remove(NettyPipeline.HttpDecompressor);
		}
		Http1Session session = new Http1Session(connection, pipeline.get(TlsRecordHandler.class));
		ResponseBoundaryHandler boundary = new ResponseBoundaryHandler(session);
		ResponseHeadHandler head = new ResponseHeadHandler(session, boundary);
		pipeline.addBefore(NettyPipeline.HttpCodec, CloseHandler.NAME, new CloseHandler(connection))
			.addBefore(NettyPipeline.HttpCodec, ResponseBoundaryHandler.NAME, boundary)
			.addAfter(NettyPipeline.HttpCodec, Http1Handler.NAME, new Http1Handler(session, boundary, head))
			.addAfter(NettyPipeline.HttpCodec, DiscardHandler.NAME, new DiscardHandler(session, head))
			.addAfter(NettyPipeline.HttpCodec, ResponseHeadHandler.NAME, head);
		forwardByProxy(connection.host(), pipeline);
		return session;
	}

	private static void forwardByProxy(Host host, ChannelPipeline pipeline) {
		if (host.proxy() != null && !host.isTunnelled()) {
			pipeline.addAfter(NettyPipeline.HttpCodec, "connpool.forward",
					new ProxyForwardHandler(host.origin(), host.proxy()));
		}
	}

}
