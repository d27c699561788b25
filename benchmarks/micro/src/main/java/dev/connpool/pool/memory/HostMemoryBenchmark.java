package dev.connpool.pool.memory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.connpool.snapshot.Latency;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * What is remembered of every exchange, and what it costs to look.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HostMemoryBenchmark {

	private static final SocketAddress ADDRESS = InetSocketAddress.createUnresolved("10.0.0.1", 443);

	private final HostMemory memory = new HostMemory();

	private final Tally tally = this.memory.tally(ADDRESS, ImmediateEventExecutor.INSTANCE);

	private long nanos = 1;

	/**
	 * Have looked as often as in a minute.
	 */
	@Setup
	public void look() {
		for (int times = 0; times < 7; times++) {
			this.memory.look(System.nanoTime(), Set.of(ADDRESS));
		}
	}

	/**
	 * Remember an exchange: how long it waited, and when it was answered.
	 */
	@Benchmark
	public void exchange() {
		this.nanos = (this.nanos * 31 + 7) & 0xFFFFFFF;
		this.tally.waited(this.nanos);
		this.tally.answered(System.nanoTime() - this.nanos);
	}

	/**
	 * Read the clock, for comparison.
	 * @return the time
	 */
	@Benchmark
	public long clock() {
		return System.nanoTime();
	}

	/**
	 * Remember an exchange without reading the clock.
	 */
	@Benchmark
	public void countsAlone() {
		this.nanos = (this.nanos * 31 + 7) & 0xFFFFFFF;
		this.tally.waited(this.nanos);
		this.tally.answered(this.nanos);
	}

	/**
	 * Remember an exchange that was answered with a status of 500 and above.
	 */
	@Benchmark
	public void failure() {
		this.tally.failed();
		this.memory.failed(FailureKind.SERVER_ERROR, null, 503, 1);
	}

	/**
	 * Tell how long the requests of the last minute took.
	 * @return the quantiles
	 */
	@Benchmark
	public Latency latency() {
		return this.memory.latency();
	}

}
