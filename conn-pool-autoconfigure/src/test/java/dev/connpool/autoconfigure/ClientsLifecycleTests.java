package dev.connpool.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.http.client.ReactorResourceFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClientsLifecycle}.
 */
class ClientsLifecycleTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
				ConnPoolWebClientAutoConfiguration.class, WebClientAutoConfiguration.class));

	@Test
	void stopsAfterTheWebServerAndBeforeTheEventLoops() {
		assertThat(ClientsLifecycle.PHASE).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
			.isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
			.isGreaterThan(new ReactorResourceFactory().getPhase());
	}

	@Test
	void endsWithTheContext() {
		ClientsLifecycle[] lifecycle = new ClientsLifecycle[1];
		this.contextRunner.run((context) -> {
			lifecycle[0] = context.getBean(ClientsLifecycle.class);
			assertThat(lifecycle[0].isRunning()).isTrue();
			assertThat(lifecycle[0].isPauseable()).isFalse();
		});
		assertThat(lifecycle[0].isRunning()).isFalse();
	}

	@Test
	void tellsWhenAllClientsHaveShutDown() {
		this.contextRunner.withPropertyValues("conn-pool.clients.orders.compression=false").run((context) -> {
			boolean[] told = new boolean[1];
			context.getBean(ClientsLifecycle.class).stop(() -> told[0] = true);
			assertThat(told[0]).isTrue();
		});
	}

}
