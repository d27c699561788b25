package dev.connpool.testing;

import java.time.Duration;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Holds a server back until a test opens it. Once open it stays open.
 */
public final class Gate {

	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final Sinks.Empty<Void> sink = Sinks.empty();

	/**
	 * Let whoever waits go on.
	 */
	public void open() {
		this.sink.tryEmitEmpty();
	}

	/**
	 * Return what completes when the gate is open.
	 * @return empty, then complete
	 */
	public Mono<Void> opened() {
		return this.sink.asMono();
	}

	/**
	 * Block until the gate is open.
	 * @throws IllegalStateException if that takes longer than 30 seconds
	 */
	public void await() {
		opened().block(LONGEST);
	}

}
