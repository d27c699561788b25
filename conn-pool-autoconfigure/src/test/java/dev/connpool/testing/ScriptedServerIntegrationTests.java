package dev.connpool.testing;

import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScriptedServerIntegrationTests {

	@RegisterExtension
	final Network network = new Network();

	@ParameterizedTest
	@EnumSource
	void answersWithoutAScript(Wire wire) {
		ScriptedServer server = ScriptedServer.start(this.network, wire);
		TestClient client = this.network.client(wire.settings());
		assertThat(client.fetch(server.url("/orders?page=1"))).isEqualTo("scripted");
		assertThat(server).acceptedConnections(1)
			.receivedRequest("GET", "/orders", 1)
			.processedRequest("GET", "/orders", 1);
	}

}
