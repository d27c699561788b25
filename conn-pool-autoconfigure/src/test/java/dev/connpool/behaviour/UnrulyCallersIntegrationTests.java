package dev.connpool.behaviour;

import java.time.Duration;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What a caller throws, or gives up, when it is told something costs no connection and
 * concerns no other caller (B14).
 */
@Transport.Each
class UnrulyCallersIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("reactor.netty");

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Duration DEADLINE = Duration.ofMillis(400);

	@RegisterExtension
	final Network network;

	private final Gate gate = new Gate();

	UnrulyCallersIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2C" })
	void aCallerMayThrowWhenItsDeadlinePasses(Wire wire) {
		TestServer server = wire.server().hold("/held", this.gate).hold("/other", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		client.get(server.url("/held")).subscribe((body) -> {
		}, (error) -> {
			throw new IllegalStateException("thrown by the caller");
		});
		Failure other = Failure.of(client.get(server.url("/other")).timeout(PATIENCE));
		assertThat(other.error()).isInstanceOf(RequestTimeoutException.class);
		await().until(() -> server.cancelled("/held") == 1);
	}

	// Those are over, and not told of the deadline that they all had
	@ParameterizedTest
	@EnumSource(names = { "H1", "H2C" })
	void aCallerMayGiveUpOthersWhenItsDeadlinePasses(Wire wire) {
		ListAppender<ILoggingEvent> lines = new ListAppender<>();
		lines.start();
		LOGGER.addAppender(lines);
		TestServer server = wire.server().hold("/held", this.gate).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).request(DEADLINE));
		client.fetch(server.url("/hello"));
		Mono<String> held = client.get(server.url("/held"));
		Failure first = Failure.of(Flux.range(0, 10).flatMap((number) -> held).then());
		assertThat(first.error()).isInstanceOf(RequestTimeoutException.class);
		await().until(() -> server.cancelled("/held") == 10);
		LOGGER.detachAppender(lines);
		assertThat(lines.list).noneMatch((line) -> line.getLevel().isGreaterOrEqual(Level.WARN));
	}

	@Test
	void anObserverMayThrowWhenAConnectionIsDelivered() {
		this.network.isFor(Transport.REACTOR_NETTY);
		TestServer server = Wire.H1.server().start(this.network);
		TestClient client = this.network.client();
		TestClient throwing = client.derive((plain) -> plain.doOnConnected((connection) -> {
			throw new IllegalStateException("thrown by the observer");
		}));
		Failure failure = Failure.of(throwing.get(server.url("/hello")).timeout(PATIENCE));
		assertThat(failure.error()).hasMessage("thrown by the observer");
		assertThat(server).settlesAt(0);
	}

}
