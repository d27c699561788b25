package dev.connpool.testing;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Callers that make one call after the other until they are stopped.
 */
public final class Load {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final AtomicInteger calls = new AtomicInteger();

	private volatile boolean stopped;

	private final Mono<Void> end;

	private Load(Mono<String> call, int callers) {
		this.end = Flux.range(0, callers).flatMap((number) -> repeat(call), callers).then().cache();
		this.end.subscribe();
	}

	public static Load of(Mono<String> call, int callers) {
		return new Load(call, callers);
	}

	private Mono<Void> repeat(Mono<String> call) {
		return call.doOnError(this.failures::add)
			.onErrorComplete()
			.doFinally((signal) -> this.calls.incrementAndGet())
			// A pause, so that what is under test is not the processor.
			.then(Mono.delay(Duration.ofMillis(1)))
			.repeat(() -> !this.stopped)
			.then();
	}

	/** How many calls have ended. */
	public int calls() {
		return this.calls.get();
	}

	/** Have each caller finish its call, and return what failed so far. */
	public List<Throwable> stop() {
		this.stopped = true;
		this.end.block(PATIENCE);
		return List.copyOf(this.failures);
	}

}
