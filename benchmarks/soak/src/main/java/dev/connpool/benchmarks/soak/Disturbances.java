package dev.connpool.benchmarks.soak;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;

import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * What operators do meanwhile: drain, close idle connections, look, and reload settings
 * and certificates.
 */
final class Disturbances {

	private static final int PERIOD_MILLIS = 400;

	private final ScheduledExecutorService operator = Executors.newSingleThreadScheduledExecutor();

	private final Map<String, Object> changes = new HashMap<>();

	private final AtomicInteger done = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final ConfigurableApplicationContext context;

	private final ConnPoolClients clients;

	private final ConnPoolEndpoint endpoint;

	Disturbances(ConfigurableApplicationContext context) {
		this.context = context;
		this.clients = context.getBean(ConnPoolClients.class);
		this.endpoint = context.getBean(ConnPoolEndpoint.class);
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("soak", this.changes));
		this.operator.scheduleAtFixedRate(this::disturb, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void disturb() {
		try {
			this.clients.forEach(this::disturb);
			this.done.incrementAndGet();
		}
		catch (RuntimeException ex) {
			if (this.failed.incrementAndGet() == 1) {
				ex.printStackTrace();
			}
		}
	}

	private void disturb(ConnPoolClient client) {
		List<String> hosts = List.copyOf(client.snapshot().hosts().keySet());
		switch (ThreadLocalRandom.current().nextInt(8)) {
			case 0 -> hosts.stream().limit(1).forEach(client::drain);
			case 1 -> client.closeIdle();
			case 2 -> this.endpoint.act(client.name(), "drain", null);
			case 3 -> reloadSettings();
			case 4 -> reloadCertificates();
			case 5 -> this.endpoint.clients();
			case 6 -> look(client);
			default -> client.snapshot();
		}
	}

	private void look(ConnPoolClient client) {
		this.endpoint.client(client.name(), null)
			.hosts()
			.values()
			.stream()
			.filter((host) -> host.connectionList() != null)
			.flatMap((host) -> host.connectionList().stream())
			.limit(1)
			.forEach((connection) -> client.survey(connection.id()).block());
	}

	private void reloadSettings() {
		this.changes.put("conn-pool.pool.max-idle-connections", ThreadLocalRandom.current().nextInt(10, 100));
		this.clients.reload();
	}

	private void reloadCertificates() {
		this.context.getBean(SslBundleRegistry.class)
			.updateBundle(Soak.BUNDLE, this.context.getBean(SslBundles.class).getBundle(Soak.BUNDLE));
	}

	int done() {
		return this.done.get();
	}

	int failed() {
		return this.failed.get();
	}

	void stop() throws InterruptedException {
		this.operator.shutdown();
		this.operator.awaitTermination(10, TimeUnit.SECONDS);
	}

}
