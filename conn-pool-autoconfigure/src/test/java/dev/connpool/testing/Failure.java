package dev.connpool.testing;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * How a call failed.
 *
 * @param error what was raised, or {@code null} if the call did not fail
 * @param after how long after the call was made
 */
public record Failure(@Nullable Throwable error, Duration after) {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	/** Make a call that should fail. */
	public static Failure of(Mono<?> call) {
		return ofAll(call, 1).get(0);
	}

	/** Make the same call many times at once. */
	public static List<Failure> ofAll(Mono<?> call, int times) {
		List<Failure> failures = Flux.range(0, times)
			.flatMap((number) -> timed(call), times)
			.collectList()
			.block(PATIENCE);
		return (failures != null) ? failures : List.of();
	}

	private static Mono<Failure> timed(Mono<?> call) {
		return Mono.defer(() -> {
			long start = System.nanoTime();
			return call.materialize()
				.map((signal) -> new Failure(signal.getThrowable(), Duration.ofNanos(System.nanoTime() - start)));
		});
	}

	public String message() {
		return String.valueOf((this.error != null) ? this.error.getMessage() : null);
	}

}
