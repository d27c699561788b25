package dev.connpool.pool;

import java.time.Duration;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.dial.NameResolution;
import dev.connpool.pool.reactor.ReactorConnectionProvider;
import dev.connpool.settings.ClientSettings;
import dev.connpool.testing.NameServer;
import dev.connpool.testing.Network;
import dev.connpool.testing.Pods;
import dev.connpool.testing.Wire;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.HttpResources;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.NameResolverProvider;
import reactor.netty.transport.NameResolverProvider.NameResolverSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A client that was given no resolver and no interval looks a name up again when the
 * answer expires (B29).
 */
class NameExpiryIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	@RegisterExtension
	final NameServer names = new NameServer();

	private final ClientSettings settings = ClientSettings.DEFAULTS;

	private @Nullable ConnectionPool pool;

	@AfterEach
	void stop() {
		if (this.pool != null) {
			this.pool.close();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aNameIsLookedUpAgainWhenItsAnswerExpires(boolean givenLoops) {
		Pods pods = Pods.start(this.network, Wire.H1, 2);
		this.names.answer(2, Pods.address(0));
		HttpClient client = givenLoops ? client().runOn(HttpResources.get()) : client();
		fetch(client, pods);
		this.names.answer(2, Pods.address(1));
		long start = System.nanoTime();
		assertThat(pods.get(0)).settlesAt(0);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(1500),
				Duration.ofMillis(4500));
		assertThat(this.names.queries()).isEqualTo(2);
		fetch(client, pods);
		assertThat(pods.get(1)).openConnections(1);
	}

	@Test
	void aNameIsLookedUpOnceASecondAtMost() {
		Pods pods = Pods.start(this.network, Wire.H1, 1);
		this.names.answer(0, Pods.address(0));
		fetch(client(), pods);
		int asked = this.names.queries();
		await().pollDelay(Duration.ofMillis(3500)).until(() -> true);
		assertThat(this.names.queries() - asked).isBetween(2, 4);
	}

	@Test
	void anAnswerThatIsValidIsNotAskedForAgain() {
		Pods pods = Pods.start(this.network, Wire.H1, 1);
		this.names.answer(60, Pods.address(0));
		HttpClient client = client();
		fetch(client, pods);
		fetch(client.keepAlive(false), pods);
		assertThat(this.names.queries()).isOne();
	}

	private HttpClient client() {
		NameResolverSpec resolver = NameResolverProvider.builder();
		this.names.configure(resolver);
		this.pool = new ConnectionPool("test", this.settings, ConnectionListeners.NONE,
				new NameResolution(ClientSettings.DEFAULTS.dns(), resolver));
		ReactorConnectionProvider connections = new ReactorConnectionProvider(this.pool);
		return HttpClient.create(connections).mapConnect(connections::scoped);
	}

	private static void fetch(HttpClient client, Pods pods) {
		assertThat(client.get().uri(pods.url("/hello")).responseContent().aggregate().asString().block())
			.isEqualTo("hello");
	}

}
