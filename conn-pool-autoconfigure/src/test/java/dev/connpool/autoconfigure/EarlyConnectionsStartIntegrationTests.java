package dev.connpool.autoconfigure;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.FullBacklog;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.Origin;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestServer;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections are open before the application is ready, and a server that is down keeps
 * no application from starting.
 */
@ExtendWith(OutputCaptureExtension.class)
class EarlyConnectionsStartIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
						ConnPoolWebClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withPropertyValues("conn-pool.clients.orders.pool.min-idle-connections=2");

	@Test
	void theyAreOpenWhenTheWebServerStartsAndTheWebClientUsesThem() {
		TestServer server = TestServer.h1().start(this.network);
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.base-url=" + server.host())
			.withBean(WebServer.class)
			.run((context) -> {
				assertThat(context.getBean(WebServer.class).idleAtStart).hasValue(2);
				assertThat(host(context, server).connections().idle()).isEqualTo(2);
				assertThat(context.getBean("orders", WebClient.class)
					.get()
					.uri("/hello")
					.retrieve()
					.bodyToMono(String.class)
					.block()).isEqualTo("hello");
				assertThat(server).acceptedConnections(2);
				assertThat(host(context, server).pools()).isOne();
			});
		assertThat(server).settlesAt(0).acceptedConnections(2);
	}

	@Test
	void aRestClientUsesThem() {
		TestServer server = TestServer.h1().start(this.network);
		blocking(server).run((context) -> {
			RestClient restClient = context.getBean(RestClient.Builder.class).build();
			assertThat(server).settlesAt(2);
			assertThat(restClient.get().uri(server.url("/hello")).retrieve().body(String.class)).isEqualTo("hello");
			assertThat(server).acceptedConnections(2);
			assertThat(host(context, "default", server).pools()).isOne();
			assertThat(host(context, "default", server).connections().idle()).isEqualTo(2);
		});
	}

	@Test
	void whatTheServerClosedUnusedCostsNoRequestOfARestClient() {
		TestServer server = TestServer.h1().start(this.network);
		blocking(server).run((context) -> {
			RestClient restClient = context.getBean(RestClient.Builder.class).build();
			assertThat(server).settlesAt(2);
			server.closeConnections();
			await().until(() -> host(context, "default", server).counters().closed() == 2);
			assertThat(restClient.post().uri(server.url("/hello")).body("text").retrieve().body(String.class))
				.isEqualTo("hello");
			assertThat(host(context, "default", server).counters().closedByReason()).containsEntry("peer-closed", 2L);
			assertThat(host(context, "default", server).counters().replaysByReason()).isEmpty();
		});
	}

	private ApplicationContextRunner blocking(TestServer server) {
		return this.contextRunner
			.withConfiguration(AutoConfigurations.of(ConnPoolRequestFactoryAutoConfiguration.class,
					HttpClientAutoConfiguration.class, ImperativeHttpClientAutoConfiguration.class,
					RestClientAutoConfiguration.class))
			.withPropertyValues("conn-pool.base-url=" + server.host(), "conn-pool.pool.min-idle-connections=2",
					"conn-pool.clients.orders.pool.min-idle-connections=0");
	}

	@Test
	void theyAreOpenToHostsWithSettingsOfTheirOwn() {
		TestServer server = TestServer.h1().start(this.network);
		TestServer legacy = TestServer.h1().start(this.network);
		TestServer none = TestServer.h1().start(this.network);
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.base-url=" + server.host(),
					"conn-pool.clients.orders.hosts.legacy.authority=127.0.0.1:" + legacy.port(),
					"conn-pool.clients.orders.hosts.legacy.pool.min-idle-connections=1",
					"conn-pool.clients.orders.hosts.none.authority=127.0.0.1:" + none.port(),
					"conn-pool.clients.orders.hosts.none.pool.min-idle-connections=0")
			.run((context) -> {
				assertThat(server).settlesAt(2);
				assertThat(legacy).settlesAt(1);
				assertThat(none).acceptedConnections(0);
			});
	}

	@Test
	void aHostThatCannotBeReachedIsWaitedForAsLongAsItsOwnDeadlinesSay() {
		try (FullBacklog full = new FullBacklog()) {
			long began = System.nanoTime();
			this.contextRunner.withPropertyValues("conn-pool.clients.orders.base-url=" + full.url(""),
					"conn-pool.timeouts.connect=60s", "conn-pool.hosts.full.authority=127.0.0.1:" + full.port(),
					"conn-pool.hosts.full.timeouts.connect=300ms", "conn-pool.hosts.full.timeouts.tls-handshake=300ms")
				.run((context) -> {
					assertThat(context).hasNotFailed();
					assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(30));
				});
		}
	}

	@Test
	void aServerThatIsDownKeepsNothingFromStartingAndIsFoundLater(CapturedOutput output) {
		TestServer stopped = TestServer.h1().start(this.network);
		int port = stopped.port();
		stopped.close();
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.base-url=" + stopped.host()).run((context) -> {
			assertThat(context).hasNotFailed();
			assertThat(output).containsOnlyOnce("'conn-pool.clients.orders.pool.min-idle-connections' asks for 2");
			TestServer server = TestServer.h1().port(port).start(this.network);
			await().atMost(Duration.ofSeconds(10)).until(() -> host(context, server).connections().idle() == 2);
		});
	}

	@Test
	void theWarningNamesThePropertyOfTheHost(CapturedOutput output) {
		String authority = "127.0.0.1:" + LoopbackPort.free();
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.base-url=http://" + authority,
					"conn-pool.hosts.down.authority=" + authority, "conn-pool.hosts.down.pool.min-idle-connections=3")
			.run((context) -> assertThat(output)
				.containsOnlyOnce("'conn-pool.hosts.down.pool.min-idle-connections' asks for 3"));
	}

	@Test
	void aServerThatIsSilentDelaysTheStartByNoMoreThanTheDeadline() {
		RawServer server = RawServer.silent(this.network, "https");
		long begun = System.nanoTime();
		this.contextRunner
			.withPropertyValues("conn-pool.clients.orders.base-url=" + server.host(),
					"conn-pool.timeouts.tls-handshake=1s")
			.run((context) -> assertThat(Duration.ofNanos(System.nanoTime() - begun)).isBetween(Duration.ofMillis(900),
					Duration.ofSeconds(4)));
	}

	@Test
	void withoutABaseUrlItIsSaidThatThereIsNothingToOpen(CapturedOutput output) {
		this.contextRunner.run((context) -> assertThat(output).contains(
				"Client 'orders' opens no connections beforehand, as 'conn-pool.clients.orders.pool.min-idle-connections' asks for: it has no 'conn-pool.clients.orders.base-url'"));
	}

	private static HostSnapshot host(BeanFactory context, Origin server) {
		return host(context, "orders", server);
	}

	private static HostSnapshot host(BeanFactory context, String client, Origin server) {
		return context.getBean(ConnPoolClients.class).get(client).snapshot().hosts().get(server.host());
	}

	/**
	 * Starts when web servers do.
	 */
	static final class WebServer implements SmartLifecycle {

		private final AtomicInteger idleAtStart = new AtomicInteger();

		private final ConnPoolClients clients;

		WebServer(ConnPoolClients clients) {
			this.clients = clients;
		}

		@Override
		public void start() {
			this.clients.get("orders")
				.snapshot()
				.hosts()
				.values()
				.forEach((host) -> this.idleAtStart.addAndGet(host.connections().idle()));
		}

		@Override
		public void stop() {
		}

		@Override
		public boolean isRunning() {
			return false;
		}

		@Override
		public int getPhase() {
			return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE;
		}

	}

}
