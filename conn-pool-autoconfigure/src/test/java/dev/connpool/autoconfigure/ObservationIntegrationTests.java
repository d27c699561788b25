package dev.connpool.autoconfigure;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Boot's own observation of requests goes on as before, and reaches the exchange log.
 */
class ObservationIntegrationTests {

	private static final Logger LOGGER = (Logger) LoggerFactory.getLogger("dev.connpool.exchange");

	@RegisterExtension
	final Network network = new Network();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
						ConnPoolWebClientAutoConfiguration.class, ConnPoolMetricsAutoConfiguration.class,
						HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class,
						WebClientAutoConfiguration.class, WebClientObservationAutoConfiguration.class,
						ObservationAutoConfiguration.class, MetricsAutoConfiguration.class,
						CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");

	@Test
	void requestsAreStillObserved() {
		TestServer server = TestServer.h1().start(this.network);
		this.contextRunner.run((context) -> {
			call(context, server);
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			await().untilAsserted(() -> assertThat(
					registry.get("http.client.requests").tags("uri", "/{name}", "status", "200").timer().count())
				.isOne());
			assertThat(registry.get("http.client.connection.wait_time").timer().count()).isOne();
		});
	}

	@Test
	void metersCanBeSwitchedOffLikeAnyOther() {
		TestServer server = TestServer.h1().start(this.network);
		this.contextRunner.withPropertyValues("management.metrics.enable.http.client.connection=false")
			.run((context) -> {
				call(context, server);
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.find("http.client.open_connections").gauges()).isNotEmpty();
				assertThat(registry.find("http.client.connection.wait_time").timers()).isEmpty();
			});
	}

	@Test
	void exchangesAreLoggedInTheContextOfTheirCaller() {
		TestServer server = TestServer.h2c().start(this.network);
		AtomicReference<Map<String, String>> logged = new AtomicReference<>();
		AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {

			@Override
			protected void append(ILoggingEvent event) {
				logged.set(event.getMDCPropertyMap());
			}

		};
		LOGGER.setLevel(Level.INFO);
		appender.start();
		LOGGER.addAppender(appender);
		try {
			this.contextRunner.withBean(ObservationHandler.class, TraceId::new)
				.withPropertyValues("conn-pool.logging.exchange=true", "conn-pool.protocols=h2c")
				.run((context) -> {
					call(context, server);
					await()
						.untilAsserted(() -> assertThat(logged.get()).containsEntry("traceId", "http.client.requests"));
				});
		}
		finally {
			LOGGER.detachAppender(appender);
			LOGGER.setLevel(null);
		}
	}

	private static void call(ApplicationContext context, TestServer server) {
		context.getBean(WebClient.class)
			.get()
			.uri(server.host() + "/{name}", "hello")
			.retrieve()
			.bodyToMono(String.class)
			.block();
	}

	/**
	 * Does with the thread what tracing does.
	 */
	private static final class TraceId implements ObservationHandler<Observation.Context> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			MDC.put("traceId", context.getName());
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			MDC.remove("traceId");
		}

	}

}
