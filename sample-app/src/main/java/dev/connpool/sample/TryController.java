package dev.connpool.sample;

import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.sample.backend.Backend;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Traffic through the injected clients, as any application would send it.
 */
@RestController
@RequestMapping("/try")
@ConditionalOnWebApplication
class TryController {

	private static final int MOST_REQUESTS = 1000;

	private final WebClient webClient;

	private final WebClient orders;

	private final Backend backend;

	TryController(WebClient webClient, @Qualifier("orders") WebClient orders, Backend backend) {
		this.webClient = webClient;
		this.orders = orders;
		this.backend = backend;
	}

	@GetMapping
	Mono<Outcome> webClient(@RequestParam(defaultValue = "1000") int requests,
			@RequestParam(defaultValue = "50") int millis) {
		return send(this.webClient, this.backend.uri() + "/slow/{millis}", requests, millis);
	}

	@GetMapping("/orders")
	Mono<Outcome> orders(@RequestParam(defaultValue = "100") int requests,
			@RequestParam(defaultValue = "50") int millis) {
		return send(this.orders, "/slow/{millis}", requests, millis);
	}

	private Mono<Outcome> send(WebClient client, String uri, int requests, int millis) {
		int count = Math.max(1, Math.min(requests, MOST_REQUESTS));
		AtomicInteger failed = new AtomicInteger();
		Mono<Void> one = client.get()
			.uri(uri, millis)
			.retrieve()
			.bodyToMono(String.class)
			.then()
			.onErrorResume((ex) -> {
				failed.incrementAndGet();
				return Mono.empty();
			});
		return Flux.range(0, count)
			.flatMap((number) -> one, count)
			.then(Mono.just(count))
			.elapsed()
			.map((timed) -> new Outcome(count, failed.get(), this.backend.accepted(), timed.getT1()));
	}

	/**
	 * How it went.
	 *
	 * @param requests the requests sent at once
	 * @param failed the requests that were not answered
	 * @param connections the connections that the backend has accepted since it started
	 * @param millis how long it took, in milliseconds
	 */
	record Outcome(int requests, int failed, int connections, long millis) {
	}

}
