package dev.connpool.connector;

import io.netty.buffer.ByteBufAllocator;

import org.springframework.core.io.buffer.NettyDataBufferFactory;

/**
 * What makes buffers of Spring, one for all requests that have the same allocator.
 */
final class Buffers {

	private static final NettyDataBufferFactory DEFAULT = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

	private Buffers() {
	}

	/**
	 * Return a factory.
	 * @param allocator the allocator that it uses
	 * @return the factory
	 */
	static NettyDataBufferFactory of(ByteBufAllocator allocator) {
		return (allocator == ByteBufAllocator.DEFAULT) ? DEFAULT : new NettyDataBufferFactory(allocator);
	}

}
