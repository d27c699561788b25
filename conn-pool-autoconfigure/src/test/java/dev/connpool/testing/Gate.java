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

	public void open() {
		this.sink.tryEmitEmpty();
	}

	/** Completes when the gate is open. */
	public Mono<Void> opened() {
		return this.sink.asMono();
	}

	/** Blocks until the gate is open. */
	public void await() {
		opened().block(LONGEST);
	}

}
