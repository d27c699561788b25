package dev.connpool.pool.exchange;

import dev.connpool.pool.connection.SessionStream;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a channel that carries direct exchanges: hands over to the present
 * one what the channel reads. On an HTTP/1.1 connection it takes the place of what
 * another transport has put there, until that takes it back.
 */
public final class DirectHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "connpool.direct";

	private @Nullable DirectExchange current;

	private DirectHandler() {
	}

	/**
	 * Have a channel hand over what it reads to an exchange.
	 * @param stream the HTTP/1.1 connection, or the HTTP/2 stream
	 * @param exchange the exchange
	 * @return the handler
	 */
	static DirectHandler carry(SessionStream stream, DirectExchange exchange) {
		ChannelPipeline pipeline = stream.channel().pipeline();
		if (!stream.isConnection()) {
			return addLast(pipeline, exchange);
		}
		ChannelHandler last = pipeline.last();
		DirectHandler handler = (last instanceof DirectHandler known) ? known : new DirectHandler();
		if (handler != last) {
			pipeline.replace(last, NAME, handler);
		}
		handler.current = exchange;
		return handler;
	}

	/**
	 * Have a pipeline in which nothing takes what is read hand it over to an exchange.
	 * @param pipeline the pipeline
	 * @param exchange the exchange
	 * @return the handler
	 */
	static DirectHandler addLast(ChannelPipeline pipeline, DirectExchange exchange) {
		DirectHandler handler = new DirectHandler();
		handler.current = exchange;
		pipeline.addLast(NAME, handler);
		return handler;
	}

	/**
	 * Leave the channel, if this is on it, to another transport.
	 * @param channel the HTTP/1.1 connection
	 * @return whether this was on it, and that one has to put its own handler there
	 */
	public static boolean leave(Channel channel) {
		boolean present = channel.pipeline().last() instanceof DirectHandler;
		if (present) {
			channel.pipeline().removeLast();
		}
		return present;
	}

	/**
	 * Note that an exchange has ended.
	 */
	void release() {
		this.current = null;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		DirectExchange exchange = this.current;
		if (exchange != null) {
			exchange.arrived(msg);
		}
		else {
			ReferenceCountUtil.release(msg);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		// There is nobody behind this.
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		DirectExchange exchange = this.current;
		if (exchange != null) {
			exchange.writable();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		ReferenceCountUtil.release(event);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		DirectExchange exchange = this.current;
		if (exchange != null) {
			exchange.channelEnded();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		DirectExchange exchange = this.current;
		if (exchange != null) {
			exchange.thrown(cause);
		}
		else {
			ctx.close();
		}
	}

}
