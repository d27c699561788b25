package dev.connpool.pool.acquire;

import java.time.Instant;

import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.http1.Http1SessionFactory;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import reactor.netty.NettyPipeline;

/**
 * Connections for HTTP/1.1 that lead nowhere.
 */
final class TestConnections {

	private TestConnections() {
	}

	static PooledConnection open(HostPool pool) {
		EmbeddedChannel channel = new EmbeddedChannel();
		PooledConnection connection = new PooledConnection(pool, channel,
				new ConnectionRecord(channel, Instant.now(), System.nanoTime()));
		channel.pipeline().addLast("negotiated", new ChannelHandlerAdapter() {
		}).addLast(NettyPipeline.HttpCodec, new HttpClientCodec());
		connection.negotiated(new Http1SessionFactory().install(connection, channel.pipeline().context("negotiated")));
		return connection;
	}

}
