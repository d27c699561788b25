package dev.connpool.pool.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

import io.netty.channel.Channel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Reads what a socket holds, now: an event loop reads when it has done what it is doing,
 * and what has arrived by then would be taken for the answer to the next request.
 */
public final class SocketInput {

	private static final int SIZE = 2048;

	private static final int MAX_READS = 16;

	private static final FastThreadLocal<ByteBuffer> BUFFER = new FastThreadLocal<>() {

		@Override
		protected ByteBuffer initialValue() {
			return ByteBuffer.allocateDirect(SIZE);
		}

	};

	private SocketInput() {
	}

	/**
	 * Pass on what has arrived, the end included. Costs one system call if that is
	 * nothing.
	 * @param channel the channel, on its event loop
	 * @return whether the socket is open and empty now
	 */
	public static boolean readAll(Channel channel) {
		if (!isReadHere(channel)) {
			return channel.isActive();
		}
		try {
			int length = passOn(channel);
			if (length < 0) {
				end(channel);
			}
			return length == 0;
		}
		catch (IOException ex) {
			channel.pipeline().fireExceptionCaught(ex);
			end(channel);
			return false;
		}
	}

	// What io_uring reads it reads by itself, and hands it over later: reading here could
	// change the order.
	private static boolean isReadHere(Channel channel) {
		return (channel instanceof UnixChannel && !channel.getClass().getName().startsWith("io.netty.channel.uring."))
				|| channel.unsafe() instanceof AbstractNioChannel.NioUnsafe;
	}

	private static int passOn(Channel channel) throws IOException {
		ByteBuffer buffer = BUFFER.get();
		int length = read(channel, buffer);
		if (length <= 0) {
			return length;
		}
		for (int reads = 0; length > 0 && reads < MAX_READS; reads++) {
			buffer.position(0).limit(length);
			channel.pipeline().fireChannelRead(channel.alloc().buffer(length).writeBytes(buffer));
			length = read(channel, buffer);
		}
		channel.pipeline().fireChannelReadComplete();
		return length;
	}

	private static int read(Channel channel, ByteBuffer buffer) throws IOException {
		buffer.clear();
		if (!channel.isOpen()) {
			return -1;
		}
		if (channel instanceof UnixChannel unix) {
			return unix.fd().read(buffer, 0, buffer.capacity());
		}
		return (channel.unsafe() instanceof AbstractNioChannel.NioUnsafe nio
				&& nio.ch() instanceof ReadableByteChannel socket) ? socket.read(buffer) : 0;
	}

	// As the event loop does it: the pipeline is told, not asked.
	private static void end(Channel channel) {
		channel.unsafe().close(channel.voidPromise());
	}

}
