package dev.connpool.autoconfigure.binding;

import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.RandomValuePropertySource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RenamedProperties}.
 */
class RenamedPropertiesTests {

	private final StandardEnvironment environment = new StandardEnvironment();

	@ParameterizedTest
	@CsvSource({ "conn-pool.drain.max-bytes, conn-pool., max-bytes", "conn-pool.drain.max-wait, conn-pool., max-wait",
			"conn-pool.drain.maxWait, conn-pool., max-wait", "conn-pool.drain.max_bytes, conn-pool., max-bytes",
			"connPool.drain.maxbytes, conn-pool., max-bytes",
			"conn-pool.clients.orders.drain.max-bytes, conn-pool.clients.orders., max-bytes",
			"conn-pool.clients.my-orders.drain.maxBytes, conn-pool.clients.my-orders., max-bytes",
			"conn-pool.clients[my.orders].drain.max-wait, conn-pool.clients[my.orders]., max-wait" })
	void anOldNameStopsTheStart(String written, String prefix, String name) {
		add(new MapPropertySource("test", Map.of(written, "1")));
		refuses(prefix + "drain." + name, prefix + "discard." + name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "CONN_POOL_DRAIN_MAX_BYTES", "CONNPOOL_DRAIN_MAXBYTES", "conn_pool_drain_max_bytes" })
	void anEnvironmentVariableDoesSoToo(String variable) {
		addVariable(variable);
		refuses("conn-pool.drain.max-bytes", "conn-pool.discard.max-bytes");
	}

	@ParameterizedTest
	@CsvSource({ "CONN_POOL_CLIENTS_ORDERS_DRAIN_MAX_WAIT, orders", "CONNPOOL_CLIENTS_ORDERS_DRAIN_MAXWAIT, orders",
			"CONN_POOL_CLIENTS_MY_ORDERS_DRAIN_MAX_WAIT, myorders" })
	void anEnvironmentVariableForOneClientDoesSoToo(String variable, String client) {
		addVariable(variable);
		refuses("conn-pool.clients.%s.drain.max-wait".formatted(client),
				"conn-pool.clients.%s.discard.max-wait".formatted(client));
	}

	@Test
	void aSystemPropertyDoesSoToo() {
		System.setProperty("conn-pool.drain.max-wait", "1s");
		try {
			refuses("conn-pool.drain.max-wait", "conn-pool.discard.max-wait");
		}
		finally {
			System.clearProperty("conn-pool.drain.max-wait");
		}
	}

	@Test
	void aSourceThatCannotListItsPropertiesIsAskedForThem() {
		add(new Unlisted("conn-pool.drain.max-bytes"));
		refuses("conn-pool.drain.max-bytes", "conn-pool.discard.max-bytes");
	}

	@Test
	void aSourceThatCannotListItsPropertiesIsAskedForThoseOfClients() {
		add(new Unlisted("conn-pool.clients.orders.drain.max-bytes"));
		add(new MapPropertySource("test", Map.of("conn-pool.clients.orders.compression", "true")));
		refuses("conn-pool.clients.orders.drain.max-bytes", "conn-pool.clients.orders.discard.max-bytes");
	}

	@Test
	void theMessageSaysWhereTheOldNameIsAndNotItsValue() {
		add(new SystemEnvironmentPropertySource("test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				Map.of("CONN_POOL_CLIENTS_MY_ORDERS_DRAIN_MAX_WAIT", "SECRET")));
		InvalidPropertyException failure = failure();
		FailureAnalysis analysis = new InvalidPropertyFailureAnalyzer(this.environment).analyze(failure);
		assertThat(analysis.getDescription() + analysis.getAction())
			.contains("CONN_POOL_CLIENTS_MY_ORDERS_DRAIN_MAX_WAIT")
			.doesNotContain("SECRET");
	}

	@Test
	void whatIsNamedAlikeIsLeftAlone() {
		addVariable("CONN_POOL_DNS_DRAIN_REMOVED_ADDRESSES");
		add(new MapPropertySource("test", Map.of("conn-pool.clients.drain.discard.max-wait", "2s")));
		add(new RandomValuePropertySource());
		assertThat(new ConfiguredClients(this.environment).names()).containsExactly("default", "drain");
	}

	private void addVariable(String name) {
		add(new SystemEnvironmentPropertySource("test-" + StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				Map.of(name, "true")));
	}

	private void add(PropertySource<?> source) {
		this.environment.getPropertySources().addFirst(source);
	}

	private void refuses(String old, String replacement) {
		assertThat(failure())
			.hasMessage("Property '%s' is set but has another name now: set '%s' instead".formatted(old, replacement));
	}

	private InvalidPropertyException failure() {
		return assertThatExceptionOfType(InvalidPropertyException.class)
			.isThrownBy(() -> new ConfiguredClients(this.environment))
			.actual();
	}

	/**
	 * Knows the value of one property, but not which it has.
	 */
	private static final class Unlisted extends PropertySource<Object> {

		private final String property;

		Unlisted(String property) {
			super("unlisted");
			this.property = property;
		}

		@Override
		public @Nullable Object getProperty(String name) {
			return name.equals(this.property) ? "1" : null;
		}

	}

}
