package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SettingsReload}.
 */
@ExtendWith(OutputCaptureExtension.class)
class SettingsReloadTests {

	private final Map<String, Object> changes = new LinkedHashMap<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
						ConnPoolWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
						ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
		.withInitializer((context) -> context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("changes", this.changes)))
		.withPropertyValues("spring.reactor.netty.shutdown-quiet-period=0",
				"conn-pool.clients.orders.pool.max-connections-per-host=7", "conn-pool.clients.stock.compression=true");

	@Test
	void nothingChangesWhenNothingWasChanged() {
		this.contextRunner.run((context) -> assertThat(reload(context)).isEmpty());
	}

	@Test
	void onlyTheClientWhoseSettingsDifferFollowsThemAndStaysTheSameBean(CapturedOutput output) {
		this.contextRunner.run((context) -> {
			ConnPoolClient orders = context.getBean(ConnPoolClients.class).get("orders");
			WebClient webClient = context.getBean("orders", WebClient.class);
			this.changes.put("conn-pool.clients.orders.pool.max-connections-per-host", "9");
			assertThat(reload(context)).containsExactly("orders");
			assertThat(orders.settings().pool().maxConnectionsPerHost()).isEqualTo(9);
			assertThat(context.getBean("orders")).isSameAs(webClient).isSameAs(orders.webClient());
			assertThat(output).contains("Changed settings (generation 2), the connections are drained. "
					+ "Client 'orders': protocols h2, http/1.1; transport direct; at most 9 connections per host");
			assertThat(reload(context)).isEmpty();
		});
	}

	@Test
	void everyClientInheritsWhatChangesForAll() {
		this.contextRunner.run((context) -> {
			this.changes.put("conn-pool.timeouts.request", "3s");
			assertThat(reload(context)).containsExactly("default", "orders", "stock");
			assertThat(context.getBean(ConnPoolClients.class)).extracting((client) -> client.settings().timeouts())
				.allSatisfy((timeouts) -> assertThat(timeouts.request()).hasSeconds(3));
		});
	}

	@Test
	void bootsConnectTimeoutIsHeeded() {
		this.contextRunner.run((context) -> {
			this.changes.put("spring.http.clients.connect-timeout", "2s");
			assertThat(reload(context)).hasSize(3);
		});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = {
			"conn-pool.clients.stock.pool.max-connections-per-host | -1 | is '-1' but must be at least 0; 0 means no limit",
			"conn-pool.clients.stock.pool.max-conections-per-host | 1 | is set but there is no property of that name",
			"conn-pool.clients.stock.base-url | http://stock | is 'http://stock' but cannot be changed from 'null'",
			"conn-pool.clients.stock.compression | false | is 'false' but cannot be changed from 'true'",
			"conn-pool.clients.stock.transport | direct | is 'direct' but cannot be changed from 'auto'",
			"conn-pool.user-agent | shop/2 | has a value of length 6 that is not shown, as it may hold credentials,"
					+ " but cannot be changed",
			"conn-pool.tcp.no-delay | false | is 'false' but cannot be changed from 'true'",
			"conn-pool.oauth2.client | stock | is 'stock' but cannot be changed",
			"conn-pool.enabled | false | is 'false' but cannot be changed",
			"spring.http.clients.read-timeout | 3s | is 'PT3S' but cannot be changed",
			"spring.http.clients.redirects | dont-follow | is 'DONT_FOLLOW' but cannot be changed" })
	void whatCannotBeHonouredIsNamedAndChangesNothing(String property, String value, String message) {
		refuses(property, value, "Property '%s' %s".formatted(property, message));
	}

	@Test
	void aClientCannotBeAdded() {
		refuses("conn-pool.clients.users.compression", "true", "Property 'conn-pool.clients.users' is 'users' but "
				+ "a client cannot be added while the application runs; restart it");
	}

	@Test
	void aGroupWithPropertiesCannotBeAdded() {
		refuses("spring.http.serviceclient.users.base-url", "http://users", "Property 'spring.http.serviceclient.users'"
				+ " is 'users' but a client cannot be added while the application runs; restart it");
	}

	@Test
	void aClientCannotBeRemoved() {
		this.changes.put("conn-pool.clients.users.compression", "true");
		this.contextRunner.run((context) -> {
			this.changes.clear();
			assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> reload(context))
				.withMessage("Property 'conn-pool.clients.users' is not set but a client cannot be removed while the "
						+ "application runs; restart it");
		});
	}

	private void refuses(String property, String value, String message) {
		this.contextRunner.run((context) -> {
			this.changes.put("conn-pool.clients.orders.pool.max-connections-per-host", "9");
			this.changes.put(property, value);
			assertThatExceptionOfType(InvalidPropertyException.class).isThrownBy(() -> reload(context))
				.withMessageStartingWith(message);
			assertThat(context.getBean(ConnPoolClients.class).get("orders").settings().pool().maxConnectionsPerHost())
				.isEqualTo(7);
			this.changes.remove(property);
			assertThat(reload(context)).containsExactly("orders");
		});
	}

	private static Iterable<String> reload(AssertableApplicationContext context) {
		return context.getBean(ConnPoolClients.class).reload();
	}

}
