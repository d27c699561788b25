package dev.connpool.behaviour;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;

import com.sun.management.ThreadMXBean;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client that calls one host after another. Work is counted in what its event loops
 * allocate, which looking at each host would add to.
 */
class ManyHostsIntegrationTests {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int BLOCK = 250;

	@RegisterExtension
	final Network network = new Network();

	private int host;

	// B47
	@Test
	void aRequestCostsTheSameHoweverManyHostsThereAre() {
		TestServer server = TestServer.h1().start(this.network, "0.0.0.0", 0);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnections(50));
		// What is done for the first time has classes to load
		callNewHosts(client, server, 2 * BLOCK);
		long few = callNewHosts(client, server, BLOCK);
		callNewHosts(client, server, 6 * BLOCK);
		long many = callNewHosts(client, server, BLOCK);
		assertThat((double) many / few).as("allocated for a request, to 2500 hosts and to 750").isLessThan(1.3);
	}

	// B6, B47
	@Test
	void theLimitOfIdleConnectionsHoldsHoweverManyHostsThereAre() {
		TestServer server = TestServer.h1().start(this.network, "0.0.0.0", 0);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnections(50));
		callNewHosts(client, server, 4 * BLOCK);
		assertThat(server).settlesAt(50).acceptedConnections(4 * BLOCK);
	}

	// N2, B47
	@Test
	void hostsThatNobodyNeedsAreForgottenWhenThereAreMany() {
		TestServer server = TestServer.h1().start(this.network, "0.0.0.0", 0);
		TestClient client = this.network.client((settings) -> settings.maxIdleConnections(50));
		callNewHosts(client, server, 6 * BLOCK);
		await().untilAsserted(() -> assertThat(client.pooled().snapshot().hosts()).hasSize(1_000 + 50));
	}

	/** Call hosts that were never called before, and return what that allocated. */
	private long callNewHosts(TestClient client, TestServer server, int hosts) {
		long before = allocated();
		long answered = Flux.range(this.host, hosts).flatMap((number) -> {
			String url = "http://127.1.%d.%d:%d/hello".formatted(1 + number / 200, 1 + number % 200, server.port());
			return client.get(url);
		}, 8).count().blockOptional(PATIENCE).orElse(0L);
		this.host += hosts;
		assertThat(answered).isEqualTo(hosts);
		return allocated() - before;
	}

	private static long allocated() {
		long[] eventLoops = Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
			.filter((thread) -> thread != null && thread.getThreadName().startsWith("test-client"))
			.mapToLong((thread) -> thread.getThreadId())
			.toArray();
		return Arrays.stream(THREADS.getThreadAllocatedBytes(eventLoops)).sum();
	}

}
