package dev.connpool.pool.connection;

import dev.connpool.settings.Protocol;
import io.netty.channel.ChannelHandlerContext;

/**
 * How connections come to speak one protocol. Safe for use by many threads.
 */
public interface SessionFactory {

	/**
	 * Return whether this is for a protocol.
	 * @param protocol the protocol that was negotiated, or is known without negotiation
	 * @return whether it is what this makes connections speak
	 */
	boolean speaks(Protocol protocol);

	/**
	 * Have a new connection speak the protocol. On its event loop.
	 * @param connection the connection, connected and secured
	 * @param ctx the place in the pipeline in front of the codec that Reactor Netty has
	 * put there
	 * @return what carries its exchanges
	 * @throws Exception if the channel cannot be made to speak it
	 */
	Session install(PooledConnection connection, ChannelHandlerContext ctx) throws Exception;

}
