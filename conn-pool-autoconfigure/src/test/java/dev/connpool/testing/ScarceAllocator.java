package dev.connpool.testing;

import java.util.concurrent.atomic.AtomicInteger;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Gives buffers until memory has run out, which it does on demand.
 */
public final class ScarceAllocator extends AbstractByteBufAllocator {

	private static final int PLENTY = Integer.MAX_VALUE;

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
		return ByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
	}

	@Override
	protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
		take();
		return ByteBufAllocator.DEFAULT.directBuffer(initialCapacity, maxCapacity);
	}

	@Override
	public boolean isDirectBufferPooled() {
		return true;
	}

}
