package dev.connpool.autoconfigure;

import java.util.stream.Stream;

import dev.connpool.listener.ConnectionListener;
import dev.connpool.metrics.ConnPoolMetrics;
import dev.connpool.web.ConnPoolClients;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ConnPoolMetricsAutoConfiguration}.
 */
class ConnPoolMetricsAutoConfigurationTests {

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
				ConnPoolConnectorAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
				ConnPoolMetricsAutoConfiguration.class, SslAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
				MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");

	@Test
	void metersListenToConnections() {
		this.contextRunner.run((context) -> {
			assertThat(context).hasSingleBean(ConnPoolMetrics.class);
			assertThat(context.getBeanProvider(ConnectionListener.class)).singleElement()
				.isSameAs(context.getBean(ConnPoolMetrics.class));
		});
	}

	@Test
	void noMetersWithoutMicrometer() {
		this.contextRunner.withClassLoader(new FilteredClassLoader("io.micrometer.core"))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean("connPoolMetrics")
				.hasSingleBean(ConnPoolClients.class));
	}

	@Test
	void noMetersWithoutARegistry() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
					ConnPoolWebClientAutoConfiguration.class, ConnPoolMetricsAutoConfiguration.class,
					HttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnPoolMetrics.class));
	}

	@Test
	void noMetersWithoutClients() {
		this.contextRunner.withPropertyValues("conn-pool.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(ConnPoolMetrics.class));
	}

	@Test
	void backsOffForTheUsersOwn() {
		ConnPoolMetrics own = new ConnPoolMetrics(Stream::empty);
		this.contextRunner.withBean(ConnPoolMetrics.class, () -> own)
			.run((context) -> assertThat(context).getBean(ConnPoolMetrics.class).isSameAs(own));
	}

	@Test
	void registryThatNeedsAClientIsNoCycle() {
		this.contextRunner.withUserConfiguration(PushingRegistry.class)
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(ConnPoolMetrics.class));
	}

	@Configuration(proxyBeanMethods = false)
	static class PushingRegistry {

		@Bean
		MeterRegistry pushingRegistry(WebClient webClient) {
			assertThat(webClient).isNotNull();
			return new SimpleMeterRegistry();
		}

	}

}
