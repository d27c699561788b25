package dev.connpool.sample.lab;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Counts how requests end.
 */
final class Tally {

	private final AtomicInteger succeeded = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final AtomicReference<@Nullable String> firstFailure = new AtomicReference<>();

	private final Map<String, Long> details = new ConcurrentHashMap<>();

	Mono<Void> count(Mono<?> exchange) {
		return exchange.then(Mono.<Void>fromRunnable(this.succeeded::incrementAndGet)).onErrorResume(this::failed);
	}

	Mono<Void> failed(Throwable failure) {
		this.failed.incrementAndGet();
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		this.firstFailure.compareAndSet(null, "%s: %s".formatted(cause.getClass().getSimpleName(), cause.getMessage()));
		return Mono.empty();
	}

	void detail(String name, long value) {
		this.details.put(name, value);
	}

	Measurement measurement(int connections, int leftOpen, long millis) {
		return new Measurement(connections, leftOpen, this.succeeded.get(), this.failed.get(), millis,
				new TreeMap<>(this.details), this.firstFailure.get());
	}

}
