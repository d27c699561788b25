package dev.connpool.sample.backend;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Counts accepted connections and the bytes read from them, first in the pipeline of each
 * accepted socket and hence before TLS is taken off and HTTP/2 is taken apart.
 */
@Sharable
final class SocketCounter extends ChannelInboundHandlerAdapter {

	private final AtomicInteger accepted = new AtomicInteger();

	private final AtomicInteger open = new AtomicInteger();

	private final LongAdder bytesRead = new LongAdder();

	@Override
	public void channelActive(ChannelHandlerContext context) {
		this.accepted.incrementAndGet();
		this.open.incrementAndGet();
		context.fireChannelActive();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.open.decrementAndGet();
		context.fireChannelInactive();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof ByteBuf bytes) {
			this.bytesRead.add(bytes.readableBytes());
		}
		context.fireChannelRead(message);
	}

	int accepted() {
		return this.accepted.get();
	}

	int open() {
		return this.open.get();
	}

	long bytesRead() {
		return this.bytesRead.sum();
	}

}
