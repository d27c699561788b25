package dev.connpool.sample.lab;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.settings.ClientSettings;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * A response whose end is late, and fast requests that begin after its beginning arrived.
 *
 * @param settings what the client is told
 * @param fast the number of fast requests
 */
record SlowStream(ClientSettings settings, int fast) implements Experiment {

	static final String FAST_BEFORE_SLOW = "fast responses while the slow one was open";

	static final String FAST_MILLIS = "ms until the last fast response";

	@Override
	public Mono<Void> run(Bench bench) {
		WebClient client = bench.client(this.settings);
		AtomicInteger early = new AtomicInteger();
		Mono<Void> slow = client.get()
			.uri("/trickle/1000")
			.retrieve()
			.bodyToFlux(DataBuffer.class)
			.doOnNext(DataBufferUtils::release)
			.switchOnFirst((first, body) -> first.hasValue()
					? Flux.merge(body.doOnComplete(() -> bench.tally().detail(FAST_BEFORE_SLOW, early.get())),
							race(bench, client, early))
					: body)
			.then();
		return bench.tally().count(slow);
	}

	private Mono<DataBuffer> race(Bench bench, WebClient client, AtomicInteger early) {
		long start = System.nanoTime();
		return Flux.range(0, this.fast)
			.flatMap((request) -> bench.tally()
				.count(client.get().uri("/fast").retrieve().bodyToMono(String.class))
				.doOnSuccess((answered) -> early.incrementAndGet()), this.fast)
			.then(Mono.fromRunnable(
					() -> bench.tally().detail(FAST_MILLIS, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))));
	}

}
