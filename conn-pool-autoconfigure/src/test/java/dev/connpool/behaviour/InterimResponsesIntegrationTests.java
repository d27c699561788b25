package dev.connpool.behaviour;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.ScriptedServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Transport;
import dev.connpool.testing.Wire;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A response that only announces another (RFC 9110, section 15.2) is not taken for it:
 * the caller gets the final one, and so does nobody else.
 */
@Transport.Each
class InterimResponsesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(5);

	@RegisterExtension
	final Network network;

	InterimResponsesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource
	void theFinalResponseIsTheAnswer(Wire wire, int interim) {
		Gate interimSent = new Gate();
		Gate interimRead = new Gate();
		Gate headerSent = new Gate();
		Gate headerRead = new Gate();
		ScriptedServer server = this.network.scripted(wire);
		server.onRequest(1)
			.sendsInterim(interim, "link", "</style.css>")
			.sendsInterim(interim)
			.opens(interimSent)
			.waitsFor(interimRead)
			.sendsHeader()
			.opens(headerSent)
			.waitsFor(headerRead)
			.sends("1")
			.ends();
		server.onRequest(2).sendsInterim(interim).answers("2");
		TestClient client = this.network.client((settings) -> wire.settings().apply(settings).maxConnectionsPerHost(1));
		Mono<List<String>> first = client.begin(server.url("/"), 1);
		interimSent.await();
		assertThat(client).hasReadAll(server);
		interimRead.open();
		headerSent.await();
		assertThat(client).hasReadAll(server);
		headerRead.open();
		assertThat(first.block(PATIENCE)).containsExactly("1");
		assertThat(client.get(server.url("/")).block(PATIENCE)).isEqualTo("2");
		assertThat(client).activeStreams(server, 0);
		assertThat(server).acceptedConnections(1);
	}

	static Stream<Arguments> theFinalResponseIsTheAnswer() {
		return Stream.of(Wire.values())
			.flatMap((wire) -> Stream.of(100, 102, 103).map((interim) -> Arguments.of(wire, interim)));
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatIsContinuedIsSent(Wire wire) {
		TestServer server = wire.server().echo("/echo").start(this.network);
		TestClient client = this.network.client(wire.settings());
		String body = client.request("POST", server.url("/echo"))
			.header("Expect", "100-continue")
			.body(Flux.just("a", "b").concatWith(Mono.delay(Duration.ofMillis(50)).thenReturn("c")))
			.text()
			.block(PATIENCE);
		assertThat(body).isEqualTo("abc");
	}

}
