package dev.connpool.benchmarks.soak;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.connpool.benchmarks.Probe;
import dev.connpool.benchmarks.Row;
import dev.connpool.benchmarks.clients.BootContext;
import dev.connpool.web.ConnPoolClients;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * What a request costs that is sent to one of many hosts, beside one of few. Either way
 * fewer connections may be idle than there are hosts, so that each request opens one and
 * has the least recently used one closed. Prints a row for each pair of windows.
 */
public final class ManyHosts {

	private static final int FEW = 100;

	private static final int MANY = 10_000;

	private static final int MOST_IDLE = 50;

	private static final int CALLERS = 64;

	private static final int HOSTS_PER_NET = 200;

	private final int port;

	private ManyHosts(int port) {
		this.port = port;
	}

	/**
	 * Measure.
	 * @param arguments where to write the certificate of the servers, and how many pairs
	 * of windows to measure
	 */
	public static void main(String[] arguments) throws Exception {
		try (ServerProcess server = new ServerProcess(Path.of(arguments[0]))) {
			ManyHosts hosts = new ManyHosts((int) server.ports().number("any_address"));
			hosts.measure(FEW);
			for (int pair = 0; pair < Integer.parseInt(arguments[1]); pair++) {
				System.out.println(new Row().with("cpu_us_few", hosts.measure(FEW))
					.with("cpu_us_many", hosts.measure(MANY))
					.line());
			}
		}
		System.exit(0);
	}

	/** Send as many requests to the hosts in turn, and return the CPU time of each. */
	private double measure(int hosts) {
		try (ConfigurableApplicationContext context = BootContext.start(Soak.Application.class,
				Map.of("conn-pool.pool.max-idle-connections", MOST_IDLE, "conn-pool.pool.max-idle-connections-per-host",
						MOST_IDLE))) {
			HttpClient client = context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT).httpClient();
			long before = Probe.cpu() - Probe.jitCpu();
			Flux.range(0, MANY).flatMap((number) -> send(client, number % hosts), CALLERS).blockLast();
			long after = Probe.cpu() - Probe.jitCpu();
			return (after - before) / (double) TimeUnit.MICROSECONDS.toNanos(1) / MANY;
		}
	}

	private Mono<byte[]> send(HttpClient client, int host) {
		String url = "http://127.1.%d.%d:%d%s".formatted(1 + host / HOSTS_PER_NET, 1 + host % HOSTS_PER_NET, this.port,
				new Query(Fault.NONE, host, 100).uri());
		return client.get().uri(url).responseSingle((response, body) -> body.asByteArray());
	}

}
