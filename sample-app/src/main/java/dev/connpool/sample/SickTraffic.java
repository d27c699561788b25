package dev.connpool.sample;

import java.time.Duration;
import java.util.Arrays;

import dev.connpool.web.ConnPoolClients;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Ten requests each second by every client of the profile {@code sick}, so that the live
 * page has something to show.
 */
@Component
@Profile("sick")
class SickTraffic implements ApplicationRunner, DisposableBean {

	private static final Duration PAUSE = Duration.ofMillis(100);

	private static final int MOST_AT_ONCE = 64;

	private static final int MOST_LEAKS = 3;

	private final ConnPoolClients clients;

	private final Disposable.Composite traffic = Disposables.composite();

	SickTraffic(ConnPoolClients clients) {
		this.clients = clients;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		Arrays.stream(Sickness.values()).map(this::begin).forEach(this.traffic::add);
	}

	private Disposable begin(Sickness sickness) {
		WebClient client = this.clients.get(sickness.client()).webClient();
		boolean leaking = sickness == Sickness.LEAKING;
		return Flux.interval(PAUSE)
			.onBackpressureDrop()
			.flatMap((tick) -> call(client, sickness.path(), leaking), leaking ? MOST_LEAKS : MOST_AT_ONCE)
			.subscribe();
	}

	private static Mono<Void> call(WebClient client, String path, boolean leaking) {
		return client.get()
			.uri(path)
			.exchangeToMono((response) -> leaking ? Mono.<Void>never() : response.releaseBody())
			.onErrorComplete();
	}

	@Override
	public void destroy() {
		this.traffic.dispose();
	}

}
