package dev.connpool.pool.host;

import java.util.concurrent.TimeUnit;

import dev.connpool.snapshot.HostSnapshot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What is counted of every exchange.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HostCountersBenchmark {

	private final HostCounters counters = new HostCounters();

	/**
	 * Count an exchange.
	 */
	@Benchmark
	public void acquired() {
		this.counters.acquired(true);
	}

	/**
	 * Read the counters.
	 * @return the counters
	 */
	@Benchmark
	public HostSnapshot.Counters counters() {
		return this.counters.snapshot();
	}

}
