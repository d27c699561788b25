package dev.connpool.sample.lab;

import dev.connpool.settings.ClientSettings;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Callers that start together, each sending one request after the other.
 *
 * @param settings what their client is told
 * @param callers the number of callers
 * @param each the number of requests of each caller
 * @param path what they ask for
 */
record Callers(ClientSettings settings, int callers, int each, String path) implements Experiment {

	@Override
	public Mono<Void> run(Bench bench) {
		WebClient client = bench.client(this.settings);
		return Flux.range(0, this.callers).flatMap((caller) -> call(client, bench.tally()), this.callers).then();
	}

	private Mono<Void> call(WebClient client, Tally tally) {
		return Flux.range(0, this.each).concatMap((request) -> tally.count(get(client))).then();
	}

	private Mono<String> get(WebClient client) {
		return client.get().uri(this.path).retrieve().bodyToMono(String.class);
	}

}
