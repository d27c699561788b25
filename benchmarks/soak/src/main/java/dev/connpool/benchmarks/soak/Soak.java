package dev.connpool.benchmarks.soak;

import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.connpool.benchmarks.clients.BootContext;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import reactor.core.publisher.Hooks;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/**
 * An application that calls servers which do everything wrong. Prints what became of the
 * requests, and a table of what must be true at the end.
 */
public final class Soak {

	static final String BUNDLE = "soak";

	private static final int BLOCKING_THREADS = 16;

	private static final int PATIENCE_SECONDS = 30;

	private static final double PROGRESS_SECONDS = 15;

	private final Path certificate;

	private final double seconds;

	private final int rate;

	private final List<Fault> faults;

	private final AtomicInteger dropped = new AtomicInteger();

	private Soak(Path certificate, double seconds, int rate, List<Fault> faults) {
		this.certificate = certificate;
		this.seconds = seconds;
		this.rate = rate;
		this.faults = faults;
	}

	/**
	 * Run. The exit value is 1 if anything is not as it must be.
	 * @param arguments where to write the certificate of the servers, how many seconds to
	 * run, how many requests to send in each, and what does not go wrong
	 */
	public static void main(String[] arguments) throws Exception {
		Leaks.watch();
		Verdict verdict = new Soak(Path.of(arguments[0]), Double.parseDouble(arguments[1]),
				Integer.parseInt(arguments[2]),
				Fault.weighted(Arrays.stream(arguments).skip(3).map(Fault::valueOf).collect(Collectors.toSet())))
			.run();
		System.out.println(verdict);
		System.exit(verdict.isPassed() ? 0 : 1);
	}

	private Verdict run() throws Exception {
		Hooks.onErrorDropped((error) -> this.dropped.incrementAndGet());
		try (ServerProcess server = new ServerProcess(this.certificate);
				ConfigurableApplicationContext context = BootContext.start(Application.class, properties());
				Doors doors = new Doors(context.getBean(RestClient.Builder.class).build(), BLOCKING_THREADS)) {
			return run(server, context, doors);
		}
	}

	private Verdict run(ServerProcess server, ConfigurableApplicationContext context, Doors doors) throws Exception {
		ConnPoolClients clients = context.getBean(ConnPoolClients.class);
		Traffic traffic = new Traffic(doors, clients, server.ports(), this.faults);
		Verdict verdict = new Verdict();
		Disturbances disturbances = new Disturbances(context);
		double warmUp = warmUp(traffic);
		settle(traffic, clients);
		Levels before = Levels.now();
		flow(traffic, this.seconds - warmUp);
		disturbances.stop();
		settle(traffic, clients);
		verdict.atMost("requests that did not end", traffic.underWay(), 0);
		verdict.atMost("wrong bodies", traffic.wrong(), 0);
		verdict.atMost("acted on twice", (long) server.counts().number("twice"), 0);
		verdict.atMost("operations that failed", disturbances.failed(), 0);
		verdict.flat(before, Levels.now());
		context.close();
		await(() -> open(clients) == 0);
		verdict.atMost("connections and streams after the end", open(clients), 0);
		verdict.atMost("buffers lost", Leaks.found(), 0);
		log("The servers received %s requests; %d operations; %d errors that nobody waited for",
				server.counts().text("requests"), disturbances.done(), this.dropped.get());
		return verdict;
	}

	/** Go on until everything has been used: a busy machine takes longer for that. */
	private double warmUp(Traffic traffic) throws InterruptedException {
		double planned = Math.min(60, this.seconds / 3);
		double taken = 0;
		do {
			flow(traffic, planned / 2);
			taken += planned / 2;
		}
		while (taken < planned || (traffic.started() < planned * this.rate / 2 && taken < this.seconds / 2));
		return taken;
	}

	private void flow(Traffic traffic, double seconds) throws InterruptedException {
		for (double left = seconds; left > 0; left -= PROGRESS_SECONDS) {
			traffic.flow(Math.min(left, PROGRESS_SECONDS), this.rate);
			log("%d requests, %d under way: %s", traffic.started(), traffic.underWay(), traffic.outcomes());
		}
	}

	private static void log(String text, Object... values) {
		System.out.println(LocalTime.now().truncatedTo(ChronoUnit.SECONDS) + " " + text.formatted(values));
	}

	private Map<String, Object> properties() {
		return Map.ofEntries(Map.entry("spring.ssl.bundle.pem.soak.truststore.certificate", "file:" + this.certificate),
				Map.entry("spring.jmx.enabled", true), Map.entry("management.endpoints.jmx.exposure.include", "*"),
				Map.entry("management.endpoint.connpool.access", "unrestricted"),
				Map.entry("conn-pool.ssl.bundle", BUNDLE), Map.entry("conn-pool.protocols", "h2,http/1.1"),
				Map.entry("conn-pool.clients.h2c.protocols", "h2c"),
				Map.entry("conn-pool.pool.max-connections-per-host", 50),
				Map.entry("conn-pool.timeouts.response-header", "1s"), Map.entry("conn-pool.timeouts.request", "3s"),
				Map.entry("conn-pool.timeouts.acquire", "2s"));
	}

	/** Wait until all requests have ended, and close what they left open. */
	private static void settle(Traffic traffic, ConnPoolClients clients) throws InterruptedException {
		await(() -> traffic.underWay() == 0);
		clients.forEach(ConnPoolClient::closeIdle);
		await(() -> open(clients) == 0);
	}

	private static void await(BooleanSupplier condition) throws InterruptedException {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		while (!condition.getAsBoolean() && System.nanoTime() < end) {
			TimeUnit.MILLISECONDS.sleep(50);
		}
	}

	/** Count in both ways: what is there, and what was opened and not closed. */
	private static long open(ConnPoolClients clients) {
		return clients.stream()
			.flatMap((client) -> client.snapshot().hosts().values().stream())
			.mapToLong(Soak::open)
			.sum();
	}

	private static long open(HostSnapshot host) {
		return Math.max(host.connections().total() + host.streams().active(),
				Math.abs(host.counters().opened() - host.counters().closed()));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
