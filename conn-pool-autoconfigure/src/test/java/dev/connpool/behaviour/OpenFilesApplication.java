package dev.connpool.behaviour;

import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToIntFunction;

import dev.connpool.error.ConnectionFailedException;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A process that opens as many files as it may, and then connections.
 */
public final class OpenFilesApplication {

	private static final int CALLERS = 40;

	private static final int LEFT = 12;

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private final Deque<Closeable> files = new ArrayDeque<>();

	private OpenFilesApplication() {
	}

	/**
	 * Call a server until there are no files left, and again when there are.
	 * @param args the port of a name server, and URLs of a server that answers
	 * {@code /hello} and not {@code /hold}
	 * @throws IOException ends the process with an exit code that is not 0
	 */
	public static void main(String[] args) throws IOException {
		for (int i = 1; i < args.length; i++) {
			new OpenFilesApplication().run(args[i], Integer.parseInt(args[0]));
		}
		System.exit(0);
	}

	private void run(String url, int nameServer) throws IOException {
		TestClient client = new Network()
			.client((settings) -> settings.maxConnectionsPerHost(CALLERS).responseHeader(Duration.ZERO))
			.derive((http) -> asking(http, nameServer));
		// The class path consists of files as well
		assertThat(client.fetch(url + "/hello")).isEqualTo("hello");
		client.get("http://127.0.0.1:1").onErrorComplete().block(PATIENCE);
		client.pooled().closeIdle();
		await().atMost(PATIENCE).until(() -> count(client, HostSnapshot.Connections::total) == 0);
		openAllBut(LEFT);
		Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
		Disposable calls = Flux.range(0, CALLERS)
			.flatMap((number) -> client.get(url + "/hold").doOnError(errors::add).onErrorComplete(), CALLERS)
			.subscribe();
		// A dial that is about to fail would fail whoever waits then
		await().atMost(PATIENCE)
			.until(() -> !errors.isEmpty() && count(client, HostSnapshot.Connections::connecting) == 0);
		calls.dispose();
		closeAll();
		assertThat(errors).allSatisfy((error) -> assertThat(error).isInstanceOf(ConnectionFailedException.class)
			.hasMessageContaining("opening a socket failed, as the process has all the open files that it may have."
					+ " Raise that limit (such as 'ulimit -n'), or lower "
					+ TestClient.property("pool.max-connections-per-host"))
			.hasMessageNotContaining("resol")
			.extracting((failed) -> ((ConnectionFailedException) failed).phase())
			.isEqualTo(ConnectionFailedException.Phase.CONNECT));
		assertThat(client.fetchTogether(url + "/hello", CALLERS)).hasSize(CALLERS).containsOnly("hello");
		client.pooled().close();
		assertThat(client).holdsNothing();
	}

	private static int count(TestClient client, ToIntFunction<HostSnapshot.Connections> which) {
		return client.pooled()
			.snapshot()
			.hosts()
			.values()
			.stream()
			.map(HostSnapshot::connections)
			.mapToInt(which)
			.sum();
	}

	private static HttpClient asking(HttpClient http, int nameServer) {
		return http.resolver((resolver) -> resolver
			.dnsAddressResolverGroupProvider((builder) -> new DnsAddressResolverGroup(builder.nameServerProvider(
					new SingletonDnsServerAddressStreamProvider(new InetSocketAddress("127.0.0.1", nameServer))))));
	}

	private void openAllBut(int left) throws IOException {
		try {
			while (true) {
				this.files.push(new FileInputStream("/dev/null"));
			}
		}
		catch (IOException ex) {
			for (int i = 0; i < left; i++) {
				this.files.pop().close();
			}
		}
	}

	private void closeAll() throws IOException {
		while (!this.files.isEmpty()) {
			this.files.pop().close();
		}
	}

}
