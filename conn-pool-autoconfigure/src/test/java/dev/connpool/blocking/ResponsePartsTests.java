package dev.connpool.blocking;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledHeapByteBuf;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The body of a response on its way to its reader (B16).
 */
class ResponsePartsTests {

	@Test
	@SuppressWarnings("NullAway")
	void aPartIsReleasedForWhichThereIsNoMemory() {
		ByteBuf part = new UnpooledHeapByteBuf(UnpooledByteBufAllocator.DEFAULT, 8, 8) {

			@Override
			public int readableBytes() {
				throw new OutOfMemoryError("for the test");
			}

		};
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> new ResponseParts(null).onNext(part));
		assertThat(part.refCnt()).isZero();
	}

}
