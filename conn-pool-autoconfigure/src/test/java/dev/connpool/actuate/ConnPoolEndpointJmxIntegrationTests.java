package dev.connpool.actuate;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests for {@link ConnPoolEndpoint} over JMX.
 */
class ConnPoolEndpointJmxIntegrationTests {

	private static final String NAME = "org.springframework.boot:type=Endpoint,name=Connpool";

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

	private EndpointApplication application;

	@AfterEach
	void close() {
		this.gate.open();
		this.application.close();
	}

	@Test
	void whatIsReadOverHttpIsReadOverJmx() throws Exception {
		start();
		TestServer held = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(2, held.host() + "/users/{id}", 7);
		await().until(() -> held.requests("/users/7") == 2);
		JsonNode summary = invoke("clients").at("/clients/default/hosts").get(held.host());
		assertThat(summary.at("/streams/active").asInt()).isEqualTo(2);
		JsonNode connection = invoke("client", "default").get("hosts").get(held.host()).at("/connectionList/0");
		assertThat(connection.at("/streams/1/uri").asString()).isEqualTo("/users/{id}");
		assertThat(Duration.parse(connection.get("age").asString())).isPositive();
		assertThat(connection.get("idleFor").isNull()).isTrue();
		JsonNode same = invoke("connection", "default", connection.get("id").asString());
		assertThat(same.get("localAddress")).isEqualTo(connection.get("localAddress"));
		this.gate.open();
		assertThat(calls.block(Duration.ofSeconds(20))).containsOnly("held");
	}

	@Test
	void connectionsAreClosedOverJmx() throws Exception {
		start("management.endpoint.connpool.access=unrestricted");
		TestServer one = TestServer.h1().start(this.network);
		this.application.begin(1, one.url("/hello")).block(Duration.ofSeconds(20));
		assertThat(invoke("act", "default", "drain", one.host()).at("/hosts/0").asString()).isEqualTo(one.host());
		assertThat(one).settlesAt(0);
		this.application.begin(1, one.url("/hello")).block(Duration.ofSeconds(20));
		assertThat(invoke("closeIdle", "default").get("action").asString()).isEqualTo("close-idle");
		assertThat(one).settlesAt(0);
	}

	@Test
	void refusalsAreSentences() {
		start("management.endpoint.connpool.access=unrestricted");
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> invoke("client", "nobody"))
			.withMessageStartingWith("There is no client 'nobody', only 'default'");
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> invoke("act", "default", null, null))
			.withMessage("Name the 'action': 'drain' or 'close-idle'");
	}

	@Test
	void nothingIsChangedUnlessAccessIsUnrestricted() {
		start();
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> invoke("closeIdle", "default"));
	}

	private void start(String... properties) {
		String[] all = new String[properties.length + 2];
		System.arraycopy(properties, 0, all, 0, properties.length);
		all[properties.length] = "spring.jmx.enabled=true";
		all[properties.length + 1] = "management.endpoints.jmx.exposure.include=connpool";
		this.application = EndpointApplication.start(WebApplicationType.REACTIVE, all);
	}

	private JsonNode invoke(String operation, Object... parameters) throws Exception {
		String[] signature = new String[parameters.length];
		Arrays.fill(signature, String.class.getName());
		Object result = this.server.invoke(new ObjectName(NAME), operation, parameters, signature);
		assertThat(result).isInstanceOf(Map.class);
		return new JsonMapper().valueToTree(result);
	}

}
