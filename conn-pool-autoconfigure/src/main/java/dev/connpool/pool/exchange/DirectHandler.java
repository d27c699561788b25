package dev.connpool.pool.exchange;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * The last handler of a channel that carries direct exchanges: hands over to the present
 * one what the channel reads. It takes the place of the bridge of Reactor Netty, and its
 * name, before which handlers of one response are put.
 */
public final class DirectHandler extends ChannelInboundHandlerAdapter {

	private @Nullable DirectExchange current;

	private DirectHandler() {
	}

	/**
	 * Have a channel hand over what it reads to an exchange.
	 * @param channel the HTTP/1.1 connection or the HTTP/2 stream
	 * @param exchange the exchange
	 * @return the handler
	 */
	static DirectHandler carry(Channel channel, DirectExchange exchange) {
		ChannelPipeline pipeline = channel.pipeline();
		ChannelHandler last = pipeline.get(NettyPipeline.ReactiveBridge);
		if (last instanceof DirectHandler known) {
			known.current = exchange;
			return known;
		}
		DirectHandler handler = new DirectHandler();
		handler.current = exchange;
		if (last != null) {
			pipeline.replace(last, NettyPipeline.ReactiveBridge, handler);
		}
		else {
			pipeline.addLast(NettyPipeline.ReactiveBridge, handler);
		}
		return handler;
	}

	/**
	 * Leave the channel, if this is on it, to the bridge of Reactor Netty.
	 * @param channel the HTTP/1.1 connection
	 * @return whether this was on it, and the bridge is to be put there
	 */
	public static boolean leave(Channel channel) {
		boolean present = channel.pipeline().get(NettyPipeline.ReactiveBridge) instanceof DirectHandler;
		if (present) {
			channel.pipeline().remove(NettyPipeline.ReactiveBridge);
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
