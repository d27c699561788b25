package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

import io.netty.buffer.ByteBuf;

/**
 * Content as it was received.
 */
public final class ReceivedContent implements ContentSource {

	private final Deque<ByteBuf> parts = new ArrayDeque<>(4);

	private boolean complete;

	/**
	 * Add a part.
	 * @param part the part, released when it has been read
	 */
	public void add(ByteBuf part) {
		if (part.isReadable()) {
			this.parts.addLast(part);
		}
		else {
			part.release();
		}
	}

	/**
	 * Note that there are no more parts.
	 */
	public void complete() {
		this.complete = true;
	}

	@Override
	public int read(ByteBuffer into) {
		int start = into.position();
		for (ByteBuf part = this.parts.peekFirst(); part != null
				&& into.hasRemaining(); part = this.parts.peekFirst()) {
			int limit = into.limit();
			into.limit(into.position() + Math.min(part.readableBytes(), into.remaining()));
			part.readBytes(into);
			into.limit(limit);
			if (!part.isReadable()) {
				this.parts.removeFirst().release();
			}
		}
		int read = into.position() - start;
		return (read > 0) ? read : this.complete ? END : WAITING;
	}

	@Override
	public void release() {
		for (ByteBuf part = this.parts.pollFirst(); part != null; part = this.parts.pollFirst()) {
			part.release();
		}
	}

}
