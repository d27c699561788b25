package dev.connpool.pool.http1;

import dev.connpool.pool.connection.MessageListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of an HTTP/1.1 connection that carries messages: tells the present
 * listener what the channel reads. It takes the place of what another transport has put
 * there, until that takes it back.
 */
public final class MessageHandler extends ChannelInboundHandlerAdapter {

	/** The name of the handler. */
	public static final String NAME = "connpool.messages";

	private @Nullable MessageListener listener;

	private MessageHandler() {
	}

	/**
	 * Have a channel tell a listener what it reads.
	 * @param channel the HTTP/1.1 connection
	 * @param listener the listener
	 * @return the handler
	 */
	static MessageHandler tell(Channel channel, MessageListener listener) {
		ChannelPipeline pipeline = channel.pipeline();
		ChannelHandler last = pipeline.last();
		MessageHandler handler = (last instanceof MessageHandler known) ? known : new MessageHandler();
		if (!channel.isActive()) {
			// Its pipeline is empty, but for what is still decoded.
			pipeline.addLast(NAME, handler);
		}
		else if (handler != last) {
			pipeline.replace(last, NAME, handler);
		}
		handler.listener = listener;
		return handler;
	}

	/**
	 * Leave the channel, if this is on it, to another transport.
	 * @param channel the HTTP/1.1 connection
	 * @return whether this was on it, and that one has to put its own handler there
	 */
	public static boolean leave(Channel channel) {
		boolean present = channel.pipeline().last() instanceof MessageHandler;
		if (present) {
			channel.pipeline().removeLast();
		}
		return present;
	}

	/**
	 * Note that an exchange has ended.
	 */
	void release() {
		this.listener = null;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		MessageListener told = this.listener;
		if (told == null) {
			ReferenceCountUtil.release(msg);
			return;
		}
		if (msg instanceof HttpResponse head) {
			told.onHead(head, false);
		}
		if (msg instanceof HttpContent part) {
			told.onContent(part.content());
		}
		else {
			ReferenceCountUtil.release(msg);
		}
		if (msg instanceof LastHttpContent last) {
			HttpHeaders trailers = last.trailingHeaders();
			told.onEnd(trailers.isEmpty() ? null : trailers);
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext ctx) {
		// There is nobody behind this.
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext ctx) {
		MessageListener told = this.listener;
		if (told != null) {
			told.onWritable();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		ReferenceCountUtil.release(event);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		MessageListener told = this.listener;
		if (told != null) {
			told.onClosed();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
		MessageListener told = this.listener;
		if (told != null) {
			told.onError(cause);
		}
		else {
			ctx.close();
		}
	}

}
