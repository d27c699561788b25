package dev.connpool.benchmarks.soak;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.connpool.web.ConnPoolClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;

import org.springframework.web.client.RestClient;

/**
 * The ways in which an application sends a request.
 */
final class Doors implements AutoCloseable {

	private static final String BODY = "{\"soak\":true}";

	private final RestClient restClient;

	private final ThreadPoolExecutor threads;

	private final Scheduler blocking;

	Doors(RestClient restClient, int threads) {
		this.restClient = restClient;
		this.threads = new ThreadPoolExecutor(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		this.threads.prestartAllCoreThreads();
		this.blocking = Schedulers.fromExecutorService(this.threads);
	}

	/**
	 * Send a request.
	 * @param door which way
	 * @param client the client
	 * @param url the URL
	 * @param post whether it may not be sent twice
	 * @return the body of the response
	 */
	Mono<byte[]> send(Door door, ConnPoolClient client, String url, boolean post) {
		return switch (door) {
			case WEB_CLIENT ->
				post ? client.webClient().post().uri(url).bodyValue(BODY).retrieve().bodyToMono(byte[].class)
						: client.webClient().get().uri(url).retrieve().bodyToMono(byte[].class);
			case HTTP_CLIENT -> whole(post ? client.httpClient()
				.post()
				.uri(url)
				.send(ByteBufFlux.fromString(Mono.just(BODY)))
				.responseContent() : client.httpClient().get().uri(url).responseContent());
			case REST_CLIENT ->
				Mono.fromCallable(() -> post ? this.restClient.post().uri(url).body(BODY).retrieve().body(byte[].class)
						: this.restClient.get().uri(url).retrieve().body(byte[].class))
					.subscribeOn(this.blocking);
		};
	}

	// For a caller that gives up, Reactor Netty loses buffers of what it aggregates, and
	// completes what has arrived: Reactor's collectors take that for the whole
	private static Mono<byte[]> whole(ByteBufFlux content) {
		return Mono.defer(() -> {
			AtomicBoolean givenUp = new AtomicBoolean();
			return content.asByteArray()
				.doOnCancel(() -> givenUp.set(true))
				.collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes)
				.filter((bytes) -> !givenUp.get())
				.map(ByteArrayOutputStream::toByteArray);
		});
	}

	@Override
	public void close() {
		this.blocking.dispose();
		this.threads.shutdownNow();
	}

	/**
	 * One of them.
	 */
	enum Door {

		WEB_CLIENT, HTTP_CLIENT, REST_CLIENT

	}

}
