package dev.connpool.pool.replay;

import java.util.concurrent.TimeUnit;

import dev.connpool.pool.host.ReplayBudget;
import dev.connpool.settings.ClientSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Whether a request may be sent again.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AttemptBenchmark {

	private final ReplayBudget budget = new ReplayBudget(ClientSettings.DEFAULTS.replay(), System.nanoTime());

	private final ReplayDecision lost = new ReplayDecision("GET", false, true, true, false, false, true, true, false);

	/**
	 * Decide about a GET whose connection is gone.
	 * @return the reason
	 */
	@Benchmark
	public Object decide() {
		return this.lost.replay();
	}

	/**
	 * Count a request, which is all that one costs that is not sent again.
	 */
	@Benchmark
	public void requested() {
		this.budget.requested();
	}

	/**
	 * Ask for leave, mostly in vain.
	 * @return whether there was some
	 */
	@Benchmark
	public boolean take() {
		return this.budget.take(System.nanoTime());
	}

}
