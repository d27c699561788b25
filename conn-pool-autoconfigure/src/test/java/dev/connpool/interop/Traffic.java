package dev.connpool.interop;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

import org.awaitility.Awaitility;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Many requests, some at a time, and what became of them.
 */
final class Traffic {

	private static final int AT_ONCE = 32;

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final int requests;

	private final AtomicInteger done = new AtomicInteger();

	private final ConcurrentMap<String, Integer> outcomes = new ConcurrentHashMap<>();

	private Traffic(int requests) {
		this.requests = requests;
	}

	/** Make requests, each of which answers with the body of its response. */
	static Traffic start(int requests, IntFunction<Mono<String>> call) {
		return start(requests, AT_ONCE, call);
	}

	/** Make requests one after the other. */
	static Traffic startOneByOne(int requests, IntFunction<Mono<String>> call) {
		return start(requests, 1, call);
	}

	private static Traffic start(int requests, int atOnce, IntFunction<Mono<String>> call) {
		Traffic traffic = new Traffic(requests);
		Flux.range(0, requests).flatMap((number) -> traffic.outcome(call.apply(number)), atOnce).subscribe();
		return traffic;
	}

	private Mono<String> outcome(Mono<String> call) {
		return call.onErrorResume((error) -> Mono.just(nameOf(error))).doOnNext((outcome) -> {
			this.outcomes.merge(outcome, 1, Integer::sum);
			this.done.incrementAndGet();
		});
	}

	private static String nameOf(Throwable error) {
		return String.valueOf(error).replaceAll("[:/]\\S*\\d+\\S*", "");
	}

	/** Wait until this share of the requests has been answered. */
	void reaches(double share) {
		Awaitility.await().atMost(PATIENCE).until(() -> this.done.get() >= this.requests * share);
	}

	/** The bodies and the errors, and how often there was each, when all is done. */
	Map<String, Integer> outcomes() {
		return outcomes(List.of(this));
	}

	/** The same for the requests of several callers. */
	static Map<String, Integer> outcomes(List<Traffic> callers) {
		Map<String, Integer> all = new TreeMap<>();
		for (Traffic caller : callers) {
			caller.reaches(1);
			caller.outcomes.forEach((outcome, times) -> all.merge(outcome, times, Integer::sum));
		}
		return all;
	}

}
