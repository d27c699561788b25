package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.connpool.connector.PooledConnector;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.TestSettings;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import io.micrometer.context.ContextRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;

import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ExchangeLog}.
 */
class ExchangeLogIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.connpool.exchange");

	private static final String TIMES = "waited=\\d+\\.\\dms header=\\d+\\.\\dms total=\\d+\\.\\dms";

	private static final ThreadLocal<String> TRACE = new ThreadLocal<>();

	@RegisterExtension
	final Network network = new Network();

	private final Lines lines = new Lines();

	@BeforeEach
	void listen() {
		LOGGER.setLevel(Level.INFO);
		this.lines.start();
		LOGGER.addAppender(this.lines);
	}

	@AfterEach
	void stopListening() {
		LOGGER.detachAppender(this.lines);
		LOGGER.setLevel(null);
	}

	@Test
	void nothingIsLoggedUnlessAskedFor() {
		TestServer server = TestServer.h2().start(this.network);
		this.network.client().fetch(server.url("/hello"));
		assertThat(this.lines.all()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void oneLineTellsAllOfAnExchange(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).logExchanges());
		WebClient webClient = webClient(client);
		for (int number = 0; number < 2; number++) {
			webClient.get()
				.uri(server.host() + "/{name}?key={key}", "hello", "secret")
				.retrieve()
				.bodyToMono(String.class)
				.block();
		}
		List<String> lines = this.lines.await(2);
		String common = "client=under-test host=%s method=GET uri=/\\{name} status=200 protocol=%s "
			.formatted(server.host(), wire.protocol());
		assertThat(lines.get(0)).matches(common + "connection=[0-9a-f]{8} stream=\\d+ reused=false attempt=1 " + TIMES);
		assertThat(lines.get(1)).matches(
				common + "connection=[0-9a-f]{8} stream=%d reused=true attempt=1 ".formatted(wire.multiplexed() ? 5 : 1)
						+ TIMES);
	}

	@ParameterizedTest
	@EnumSource
	void theLineOfRestClientTellsTheSame(Wire wire) {
		TestServer server = wire.server().start(this.network);
		TestClient client = this.network.client(Transport.BLOCKING,
				(settings) -> wire.settings().apply(settings).logExchanges());
		client.restClient()
			.get()
			.uri(server.host() + "/{name}?key={key}", "hello", "secret")
			.retrieve()
			.body(String.class);
		assertThat(this.lines.await(1)).singleElement()
			.asString()
			.matches("client=under-test host=%s method=GET uri=/\\{name} status=200 protocol=%s "
				.formatted(server.host(), wire.protocol())
					+ "connection=[0-9a-f]{8} stream=\\d+ reused=false attempt=1 " + TIMES);
	}

	@Test
	void theLineOfRestClientIsLoggedInTheContextOfTheCaller() {
		ContextRegistry.getInstance().registerThreadLocalAccessor("connpool.trace", TRACE);
		TRACE.set("mine");
		try {
			TestServer server = TestServer.h1().start(this.network);
			TestClient client = this.network.client(Transport.BLOCKING, TestSettings::logExchanges);
			client.restClient().get().uri(server.url("/hello")).retrieve().body(String.class);
			this.lines.await(1);
			assertThat(this.lines.traces).containsExactly("mine");
		}
		finally {
			TRACE.remove();
			ContextRegistry.getInstance().removeThreadLocalAccessor("connpool.trace");
		}
	}

	@Test
	void requestsWithoutATemplateShowNoPath() {
		TestServer server = TestServer.h1().start(this.network);
		logging().fetch(server.url("/hello?key=secret"));
		assertThat(this.lines.await(1)).singleElement()
			.asString()
			.contains(" uri=- status=200 ")
			.doesNotContain("hello", "secret");
	}

	@Test
	void templateCannotForgeALine() {
		TestServer server = TestServer.h1().start(this.network);
		webClient(logging()).get()
			.uri(server.host() + "/hello\nclient=forged/{name}", "x")
			.exchangeToMono((response) -> response.releaseBody())
			.block();
		assertThat(this.lines.await(1)).singleElement()
			.asString()
			.doesNotContain("\n")
			.contains(" uri=/hello%0Aclient=forged/{name} ");
	}

	@ParameterizedTest
	@EnumSource
	void exchangeThatFailsNamesItsError(Wire wire) {
		TestServer server = wire.server().hold("/held", new Gate()).start(this.network);
		TestClient client = this.network.client(
				(settings) -> wire.settings().apply(settings).responseHeader(Duration.ofMillis(200)).logExchanges());
		client.get(server.url("/held")).onErrorComplete().block();
		assertThat(this.lines.await(1)).singleElement()
			.asString()
			.contains(" status=- error=ResponseHeaderTimeoutException protocol=" + wire.protocol(), " header=- ");
	}

	@ParameterizedTest
	@EnumSource
	void exchangeThatIsCancelledSaysSo(Wire wire) {
		TestServer server = wire.server().hold("/held", new Gate()).start(this.network);
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).logExchanges());
		Disposable call = client.get(server.url("/held")).subscribe();
		await().until(() -> server.requests("/held") == 1);
		call.dispose();
		assertThat(this.lines.await(1)).singleElement().asString().contains(" status=- error=cancelled protocol=");
	}

	@Test
	void exchangeWhoseResponseIsAbandonedSaysSo() {
		TestServer server = TestServer.h1().text("/large", "x".repeat(100_000)).start(this.network);
		TestClient client = this.network
			.client((settings) -> settings.discard(200_000, Duration.ofSeconds(10)).logExchanges());
		client.httpClient().get().uri(server.url("/large")).responseContent().take(1).blockLast();
		assertThat(this.lines.await(1)).singleElement().asString().contains(" status=200 error=cancelled protocol=");
		assertThat(server).openConnections(1);
	}

	@Test
	void exchangeThatGetsNoConnectionIsLoggedToo() {
		RawServer server = RawServer.closing(this.network, "https");
		logging().get(server.url("/")).onErrorComplete().block();
		assertThat(this.lines.await(1)).singleElement()
			.asString()
			.contains(" status=- error=ConnectionFailedException protocol=- connection=- stream=- reused=- attempt=1",
					" header=- ");
	}

	private TestClient logging() {
		return this.network.client(TestSettings::logExchanges);
	}

	private static WebClient webClient(TestClient client) {
		return WebClient.builder().clientConnector(new PooledConnector(client.httpClient())).build();
	}

	private static final class Lines extends AppenderBase<ILoggingEvent> {

		private final List<String> traces = new CopyOnWriteArrayList<>();

		private final List<String> all = new CopyOnWriteArrayList<>();

		@Override
		protected void append(ILoggingEvent event) {
			this.traces.add(String.valueOf(TRACE.get()));
			this.all.add(event.getFormattedMessage());
		}

		List<String> all() {
			return List.copyOf(this.all);
		}

		List<String> await(int count) {
			Awaitility.await().until(() -> this.all.size() == count);
			return all();
		}

	}

}
