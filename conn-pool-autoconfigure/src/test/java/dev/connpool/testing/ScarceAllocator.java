package dev.connpool.testing;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;

/**
 * Gives buffers until memory has run out, which it does on demand. They are not watched
 * for leaks: Netty's own codecs lose a buffer when they cannot get another.
 */
public final class ScarceAllocator extends AbstractByteBufAllocator {

	private static final int PLENTY = Integer.MAX_VALUE;

	private final ByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);

	private final AtomicInteger left = new AtomicInteger(PLENTY);

	/** Run out of memory after this many more buffers, for this one alone. */
	public void failAfter(int buffers) {
		this.left.set(buffers);
	}

	/** Have enough memory from now on. */
	public boolean recover() {
		return this.left.getAndSet(PLENTY) <= 0;
	}

	private void take() {
		if (this.left.get() < PLENTY / 2 && this.left.getAndDecrement() == 0) {
			throw new OutOfMemoryError("on demand");
		}
	}

	@Override
	protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
		take();
		return this.memory.heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
		take();
		return this.memory.directBuffer(initialCapacity, maxCapacity);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return false;
	}

}
