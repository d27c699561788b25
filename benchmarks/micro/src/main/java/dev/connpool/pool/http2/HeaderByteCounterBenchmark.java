package dev.connpool.pool.http2;

import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What is noted of every buffer of HTTP/2 that is written.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HeaderByteCounterBenchmark {

	private static final int FRAMES = 32;

	private static final int HEADER_LENGTH = 40;

	private final EmbeddedChannel channel = new EmbeddedChannel(new HeaderByteCounter());

	private final ByteBuf frames = frames();

	private static ByteBuf frames() {
		ByteBuf frames = Unpooled.buffer();
		for (int i = 0; i < FRAMES; i++) {
			frames.writeMedium(HEADER_LENGTH).writeByte(1).writeByte(5).writeInt(2 * i + 1).writeZero(HEADER_LENGTH);
		}
		return frames;
	}

	@TearDown
	public void close() {
		this.channel.finishAndReleaseAll();
	}

	/**
	 * Follow 32 HEADERS frames that are written as one buffer.
	 * @return the buffer
	 */
	@Benchmark
	public Object headerFrames() {
		this.channel.writeOutbound(this.frames.retainedDuplicate());
		ByteBuf written = this.channel.readOutbound();
		written.release();
		return written;
	}

}
