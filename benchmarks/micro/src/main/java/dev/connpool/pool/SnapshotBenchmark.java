package dev.connpool.pool;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpResources;
import reactor.netty.http.server.HttpServer;

/**
 * A look at a client whose connections are all in use.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SnapshotBenchmark {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@Param({ "10", "100" })
	private int connections;

	private DisposableServer server;

	private PooledHttpClient client;

	@Setup
	public void open() {
		this.server = HttpServer.create()
			.handle((request, response) -> response.sendHeaders().then(Mono.never()))
			.bindNow();
		this.client = new PooledHttpClient("default", ClientSettings.DEFAULTS, TlsMaterial.DEFAULT,
				HttpResources.get());
		// Each answers with a header and then keeps its connection.
		Flux.range(0, this.connections)
			.flatMap((i) -> this.client.httpClient()
				.get()
				.uri("http://localhost:" + this.server.port())
				.responseConnection((response, connection) -> Mono.just(connection)), this.connections)
			.take(this.connections)
			.blockLast(PATIENCE);
		int open = survey().hosts().values().iterator().next().connectionList().size();
		if (open != this.connections) {
			throw new IllegalStateException("There are %d connections".formatted(open));
		}
	}

	@TearDown
	public void close() {
		this.client.close();
		this.server.disposeNow();
	}

	/**
	 * Count the connections.
	 * @return the counts
	 */
	@Benchmark
	public ClientSnapshot count() {
		return this.client.snapshot();
	}

	/**
	 * List the connections, each event loop its own.
	 * @return the lists
	 */
	@Benchmark
	public ClientSnapshot survey() {
		return Objects.requireNonNull(this.client.survey().block(PATIENCE));
	}

}
