package dev.connpool.sample.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.connpool.sample.backend.Backend;
import dev.connpool.sample.client.OpenClient;
import dev.connpool.sample.client.Subject;
import dev.connpool.settings.ClientSettings;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.web.reactive.function.client.WebClient;

/**
 * Where an experiment takes place: a fresh server, fresh clients and a tally.
 */
public final class Bench {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

	private final Backend backend;

	private final Subject subject;

	private final Tally tally = new Tally();

	private final List<OpenClient> clients = new ArrayList<>();

	Bench(Backend backend, Subject subject) {
		this.backend = backend;
		this.subject = subject;
	}

	WebClient client(ClientSettings settings) {
		OpenClient client = this.subject.open(this.backend.uri().toString(), settings);
		this.clients.add(client);
		return client.webClient();
	}

	Backend backend() {
		return this.backend;
	}

	Tally tally() {
		return this.tally;
	}

	/**
	 * Run an experiment. Blocks until it is over and the server has counted.
	 * @param experiment what to do
	 * @return what was seen
	 */
	Measurement measure(Experiment experiment) {
		long start = System.nanoTime();
		Mono.defer(() -> experiment.run(this)).timeout(LIMIT).onErrorResume(this.tally::failed).block();
		long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
		Flux.fromIterable(this.clients).flatMap(this::close).then(this.backend.quiet()).block();
		return this.tally.measurement(this.backend.accepted(), this.backend.open(), millis);
	}

	private Mono<Void> close(OpenClient client) {
		return Mono.<Void>fromRunnable(client::close)
			.subscribeOn(Schedulers.boundedElastic())
			.timeout(CLOSE_LIMIT)
			.onErrorResume(this.tally::failed);
	}

}
