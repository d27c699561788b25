package dev.connpool.autoconfigure;

import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.actuate.ConnPoolEndpointWebExtension;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link ConnPoolEndpointAutoConfiguration}.
 */
class ConnPoolEndpointAutoConfigurationTests {

	private static final String EXPOSED = "management.endpoints.web.exposure.include=connpool";

	private static final String UNRESTRICTED = "management.endpoint.connpool.access=UNRESTRICTED";

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(ConnPoolAutoConfiguration.class,
				ConnPoolWebClientAutoConfiguration.class, ConnPoolEndpointAutoConfiguration.class,
				EndpointAutoConfiguration.class, HttpClientAutoConfiguration.class,
				ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0");

	@Test
	void providesTheEndpointWhenItIsExposed() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.run((context) -> assertThat(context).hasSingleBean(ConnPoolEndpoint.class)
				.hasSingleBean(ConnPoolEndpointWebExtension.class));
	}

	@Test
	void providesNothingWhenItIsNotExposed() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(ConnPoolEndpoint.class)
			.doesNotHaveBean(ConnPoolEndpointWebExtension.class));
	}

	@Test
	void providesNoWebExtensionWhenItIsExposedOverJmxOnly() {
		this.contextRunner
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=connpool")
			.run((context) -> assertThat(context).hasSingleBean(ConnPoolEndpoint.class)
				.doesNotHaveBean(ConnPoolEndpointWebExtension.class));
	}

	@Test
	void providesNothingWhenAccessIsNone() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.connpool.access=NONE")
			.run((context) -> assertThat(context).doesNotHaveBean(ConnPoolEndpoint.class));
	}

	@Test
	void pageOffersMutationsOnlyWhenAccessIsUnrestricted() {
		this.contextRunner.withPropertyValues(EXPOSED).run((context) -> assertMutable(context, false));
		this.contextRunner.withPropertyValues(EXPOSED, UNRESTRICTED).run((context) -> assertMutable(context, true));
		this.contextRunner
			.withPropertyValues(EXPOSED, UNRESTRICTED, "management.endpoints.access.max-permitted=READ_ONLY")
			.run((context) -> assertMutable(context, false));
	}

	@Test
	void bindsWhoIsShownValues() {
		this.contextRunner
			.withPropertyValues(EXPOSED, "management.endpoint.connpool.show-values=when-authorized",
					"management.endpoint.connpool.roles=ops")
			.run((context) -> {
				ConnPoolEndpointProperties properties = context.getBean(ConnPoolEndpointProperties.class);
				assertThat(properties.showValues()).isEqualTo(Show.WHEN_AUTHORIZED);
				assertThat(properties.roles()).containsExactly("ops");
			});
	}

	@Test
	void refusesAWrongValueWithoutTellingIt() {
		this.contextRunner.withPropertyValues(EXPOSED, "management.endpoint.connpool.show-values=hunter2")
			.run((context) -> assertThat(context.getStartupFailure()).isInstanceOf(InvalidPropertyException.class)
				.hasNoCause()
				.hasMessageContaining("must be one of 'never', 'when-authorized', 'always'")
				.hasMessageNotContaining("hunter2"));
	}

	@Test
	void showsNoValuesByDefault() {
		this.contextRunner.withPropertyValues(EXPOSED).run((context) -> {
			ConnPoolEndpointProperties properties = context.getBean(ConnPoolEndpointProperties.class);
			assertThat(properties.showValues()).isEqualTo(Show.NEVER);
			assertThat(properties.roles()).isEmpty();
		});
	}

	@Test
	void backsOffWhenTheApplicationHasItsOwn() {
		ConnPoolEndpoint own = mock(ConnPoolEndpoint.class);
		this.contextRunner.withPropertyValues(EXPOSED)
			.withBean(ConnPoolEndpoint.class, () -> own)
			.run((context) -> assertThat(context.getBean(ConnPoolEndpoint.class)).isSameAs(own));
	}

	@Test
	void backsOffWithoutClients() {
		this.contextRunner.withPropertyValues(EXPOSED, "conn-pool.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(ConnPoolClients.class)
				.doesNotHaveBean(ConnPoolEndpoint.class));
	}

	@Test
	void backsOffWithoutActuator() {
		this.contextRunner.withPropertyValues(EXPOSED)
			.withClassLoader(new FilteredClassLoader(Endpoint.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(ConnPoolClients.class)
				.doesNotHaveBean("connPoolEndpoint"));
	}

	private static void assertMutable(AssertableApplicationContext context, boolean mutable) {
		assertThat(context.getBean(ConnPoolEndpointWebExtension.class).page().getBody())
			.contains("<meta name=\"connpool-mutations\" content=\"%s\">".formatted(mutable));
	}

}
