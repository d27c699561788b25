package dev.connpool.testing;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import dev.connpool.autoconfigure.ConnPoolAutoConfiguration;
import dev.connpool.autoconfigure.ConnPoolWebClientAutoConfiguration;
import dev.connpool.finding.Findings;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import io.netty.handler.codec.http2.Http2Error;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Assertions about clients hold when they should, and say what they found when not.
 */
class ConnPoolAssertionsIntegrationTests {

	@AutoClose
	private final ScriptedServer server = ScriptedServer.h2();

	@AutoClose
	private final ConfigurableApplicationContext application = application();

	private final ConnPoolClient client = this.application.getBean(ConnPoolClients.class).get("default");

	@Test
	void countsAreThoseOfTheClient() {
		fetch(3);
		assertThat(this.client).eventually()
			.host(this.server)
			.protocol("h2")
			.opened(1)
			.open(1)
			.active(0)
			.idle(1)
			.draining(0)
			.acquired(3)
			.reused(2)
			.handshakes(1)
			.closed(0)
			.closedFor("idle-timeout", 0)
			.replayed("goaway", 0)
			.activeStreams(0)
			.waiting(0);
	}

	@Test
	void whatIsUnderWayIsWaitedFor() {
		Gate gate = new Gate();
		this.server.onRequest(1).waitsFor(gate).answers();
		Mono<String> response = get().cache();
		response.subscribe();
		assertThat(this.client).eventually().host(this.server).active(1).activeStreams(1).idle(0);
		gate.open();
		assertThat(this.client).host(this.server).eventually().active(0).activeStreams(0).idle(1);
		assertThat(response.block()).isEqualTo("scripted");
	}

	@Test
	void whatWasLostAndSentAgainIsCounted() {
		fetch(1);
		this.server.onRequest(2).goesAwayBefore(Http2Error.NO_ERROR);
		fetch(1);
		assertThat(this.client).host(this.server).eventually().replayed("goaway", 1).opened(2).closedFor("goaway", 1);
	}

	@ParameterizedTest
	@MethodSource
	void aWrongCountIsReportedWithAllOthers(BiConsumer<HostAssert, Integer> count, String name) {
		fetch(2);
		assertThat(this.client).host(this.server).eventually().idle(1);
		HostAssert host = assertThat(this.client).host(this.server);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> count.accept(host, 7))
			.withMessageStartingWith("Expected of client 'default', host %s: %s 7, but it was ", this.server.host(),
					name)
			.withMessageContaining("protocol h2, 0 active streams, 0 callers waiting")
			.withMessageContaining("  open 1: 0 connecting, 0 handshaking, 0 active, 1 idle")
			.withMessageContaining("so far opened 1, closed 0, acquired 2, reused 1, handshakes 1, replayed 0");
	}

	static Stream<Arguments> aWrongCountIsReportedWithAllOthers() {
		return Stream.of(wrong(HostAssert::opened, "opened"), wrong(HostAssert::closed, "closed"),
				wrong(HostAssert::open, "open"), wrong(HostAssert::active, "active"), wrong(HostAssert::idle, "idle"),
				wrong(HostAssert::draining, "draining"), wrong(HostAssert::acquired, "acquired"),
				wrong(HostAssert::reused, "reused"), wrong(HostAssert::handshakes, "handshakes"),
				wrong(HostAssert::activeStreams, "active streams"), wrong(HostAssert::waiting, "waiting"),
				wrong((host, number) -> host.closedFor("goaway", number), "closed for goaway"),
				wrong((host, number) -> host.replayed("status", number), "replayed for status"));
	}

	private static Arguments wrong(BiConsumer<HostAssert, Integer> count, String name) {
		return Arguments.argumentSet(name, count, name);
	}

	@Test
	void anotherProtocolIsReported() {
		fetch(1);
		HostAssert host = assertThat(this.client).host(this.server);
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> host.protocol("http/1.1"))
			.withMessageContaining("protocol http/1.1, but it was h2");
	}

	@Test
	void anUnknownHostIsReportedWithThoseThatAreKnown() {
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.client).host("https://example.com"))
			.withMessage("Client 'default' does not know the host https://example.com:443,"
					+ " it knows none: it has sent no request");
		fetch(1);
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.client).host("https://example.com"))
			.withMessage("Client 'default' does not know the host https://example.com:443, it knows %s",
					this.server.host());
	}

	@Test
	void aMisspeltReasonIsNoZero() {
		fetch(1);
		HostAssert host = assertThat(this.client).host(this.server);
		assertThatIllegalArgumentException().isThrownBy(() -> host.closedFor("idle", 0));
		assertThatIllegalArgumentException().isThrownBy(() -> host.replayed("idle-timeout", 0));
	}

	@Test
	void waitingHasABound() {
		fetch(1);
		long start = System.nanoTime();
		assertThatExceptionOfType(AssertionError.class)
			.isThrownBy(() -> assertThat(this.client).eventually(Duration.ofMillis(50)).host(this.server).opened(2))
			.withMessageContaining("opened 2, but it was 1");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(50), Duration.ofSeconds(4));
	}

	@Test
	void aFindingIsReported() {
		assertThat(this.client).hasNoFindings(this.application.getBean(Findings.class));
		try (ConfigurableApplicationContext other = application("conn-pool.timeouts.response-header=60s")) {
			ConnPoolClient client = other.getBean(ConnPoolClients.class).get("default");
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> assertThat(client).hasNoFindings(other.getBean(Findings.class)))
				.withMessageContaining("Expected no findings about client 'default' but there were:")
				.withMessageContaining("  deadline-order (warning): ");
		}
	}

	private void fetch(int times) {
		for (int request = 0; request < times; request++) {
			assertThat(get().block()).isEqualTo("scripted");
		}
	}

	private Mono<String> get() {
		return this.client.webClient().get().uri(this.server.url("/")).retrieve().bodyToMono(String.class);
	}

	private static ConfigurableApplicationContext application(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("spring.main.banner-mode=off", "conn-pool.ssl.bundle=scripted",
					"spring.ssl.bundle.pem.scripted.truststore.certificate=" + ScriptedServer.certificate())
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ConnPoolAutoConfiguration.class, ConnPoolWebClientAutoConfiguration.class,
			WebClientAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

	}

}
