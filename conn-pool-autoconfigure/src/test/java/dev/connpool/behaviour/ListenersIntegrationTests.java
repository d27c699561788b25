package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.listener.ConnectionInfo;
import dev.connpool.listener.ConnectionListener;
import dev.connpool.listener.ConnectionListeners;
import dev.connpool.settings.ClientSettings;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What listeners are told adds up, as meters count on.
 */
class ListenersIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	@RegisterExtension
	final Network network = new Network();

	private final List<String> told = new CopyOnWriteArrayList<>();

	@ParameterizedTest
	@EnumSource(names = { "H1", "H2" })
	void aCallerThatLeavesBeforeItsExchangeBeginsIsNotMentioned(Wire wire) {
		TestServer server = wire.server().start(this.network);
		LoopResources loops = LoopResources.create("listeners", 1, true);
		PooledHttpClient client = new PooledHttpClient("listened-to", ClientSettings.DEFAULTS,
				TestCertificate.LOOPBACK.trusted(), loops, new ConnectionListeners(List.of(new Listener())));
		Channel channel = fetch(client, server);
		await().until(() -> this.told.contains("released"));
		this.told.clear();
		CountDownLatch busy = new CountDownLatch(1);
		channel.eventLoop().execute(() -> await().until(() -> busy.getCount() == 0));
		Disposable call = client.httpClient().get().uri(server.url("/hello")).response().subscribe();
		call.dispose();
		busy.countDown();
		await().during(Duration.ofMillis(100)).until(this.told::isEmpty);
		assertThat(fetch(client, server)).isSameAs(channel);
		client.close();
		loops.disposeLater().block(PATIENCE);
	}

	@Test
	void whatDelaysARequestBeforeItWantsAConnectionIsNoWaiting() {
		TestServer server = TestServer.h1().start(this.network);
		List<Duration> waits = new CopyOnWriteArrayList<>();
		TestClient client = this.network.client((settings) -> settings, new ConnectionListener() {

			@Override
			public void acquired(ConnectionInfo connection, Duration waited, boolean reused) {
				waits.add(waited);
			}

		});
		client.derive((http) -> http.headersWhen((headers) -> Mono.delay(Duration.ofSeconds(1)).thenReturn(headers)))
			.fetch(server.url("/hello"));
		assertThat(waits).singleElement(as(InstanceOfAssertFactories.DURATION)).isLessThan(Duration.ofSeconds(1));
	}

	private static Channel fetch(PooledHttpClient client, TestServer server) {
		AtomicReference<Channel> used = new AtomicReference<>();
		client.httpClient().get().uri(server.url("/hello")).responseConnection((response, connection) -> {
			Channel channel = connection.channel();
			used.set((channel instanceof Http2StreamChannel stream) ? stream.parent() : channel);
			return connection.inbound().receive().aggregate().asString();
		}).then(Mono.empty()).block(PATIENCE);
		return Objects.requireNonNull(used.get());
	}

	private final class Listener implements ConnectionListener {

		@Override
		public void acquired(ConnectionInfo connection, Duration waited, boolean reused) {
			ListenersIntegrationTests.this.told.add("acquired");
		}

		@Override
		public void released(ConnectionInfo connection) {
			ListenersIntegrationTests.this.told.add("released");
		}

		@Override
		public void streamOpened(ConnectionInfo connection) {
			ListenersIntegrationTests.this.told.add("stream opened");
		}

		@Override
		public void streamClosed(ConnectionInfo connection, @Nullable String reset) {
			ListenersIntegrationTests.this.told.add("stream closed");
		}

	}

}
