package dev.connpool.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import dev.connpool.autoconfigure.ConnPoolAutoConfiguration;
import dev.connpool.autoconfigure.ConnPoolWebClientAutoConfiguration;
import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The certificate of a server is renewed, and what a client trusts with it, while
 * requests are made (B31).
 */
@ExtendWith(OutputCaptureExtension.class)
class CertificateRotationIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final int CALLERS = 16;

	@RegisterExtension
	final Network network = new Network();

	@TempDir
	Path directory;

	@TempDir
	Path trusted;

	@BeforeAll
	static void needsNginx() {
		ServerProcess.assumeInstalled("nginx");
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void aRotationUnderLoadLosesNoRequest(Protocol protocol) {
		trust(TestCertificate.LOOPBACK);
		try (ServerProcess nginx = nginx()) {
			runner(protocol).run((context) -> {
				ConnPoolClient client = client(context);
				AtomicBoolean over = new AtomicBoolean();
				Mono<Map<String, Long>> outcomes = load(client, nginx, over);
				await().until(() -> host(client, nginx).counters().acquired() > 100);

				trust(TestCertificate.LOOPBACK, TestCertificate.RENEWED);
				await().atMost(PATIENCE).until(() -> host(client, nginx).generation() == 2);
				serve(nginx, TestCertificate.RENEWED);
				trust(TestCertificate.RENEWED);
				await().atMost(PATIENCE).until(() -> host(client, nginx).generation() == 3);
				long before = host(client, nginx).counters().acquired();
				await().until(() -> host(client, nginx).counters().acquired() > before + 100);

				over.set(true);
				assertThat(outcomes.block(PATIENCE)).containsOnlyKeys("GET");
				assertThat(host(client, nginx).counters().closedByReason()).containsKey("superseded");
				serve(nginx, TestCertificate.LOOPBACK);
				client.drain(nginx.host());
				assertThat(Failure.of(get(client, nginx)).error()).hasCauseInstanceOf(SSLException.class);
			});
		}
	}

	@Test
	void aBundleThatCannotBeUsedChangesNothing(CapturedOutput output) {
		trust(TestCertificate.LOOPBACK);
		try (ServerProcess nginx = nginx()) {
			runner(Protocol.H2).run((context) -> {
				ConnPoolClient client = client(context);
				assertThat(get(client, nginx).block(PATIENCE)).isEqualTo("GET");
				SslStoreBundle neverLoaded = SslStoreBundle.of(KeyStore.getInstance("PKCS12"), null, null);
				context.getBean(SslBundleRegistry.class).updateBundle("backend", SslBundle.of(neverLoaded));
				assertThat(output)
					.containsPattern("ERROR .*Client 'default' keeps what it has, as the updated SSL bundle"
							+ " 'backend' cannot be used: Uninitialized keystore");
				write("-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----");
				await().atMost(PATIENCE)
					.untilAsserted(() -> assertThat(output).contains("'backend' cannot be used: Empty input"));
				assertThat(get(client, nginx).block(PATIENCE)).isEqualTo("GET");
				assertThat(host(client, nginx).generation()).isEqualTo(1);
				assertThat(host(client, nginx).counters().opened()).isEqualTo(1);
			});
		}
	}

	private ApplicationContextRunner runner(Protocol protocol) {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, ConnPoolAutoConfiguration.class,
					ConnPoolWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class))
			.withPropertyValues("conn-pool.ssl.bundle=backend", "conn-pool.protocols=" + protocol.id(),
					"spring.ssl.bundle.pem.backend.reload-on-update=true",
					"spring.ssl.bundle.pem.backend.truststore.certificate=file:" + this.trusted.resolve("trusted.pem"),
					"spring.ssl.bundle.watch.file.quiet-period=100ms", "spring.reactor.netty.shutdown-quiet-period=0");
	}

	private static ConnPoolClient client(ApplicationContext context) {
		return context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT);
	}

	private static HostSnapshot host(ConnPoolClient client, ServerProcess server) {
		return client.snapshot().hosts().get(server.host());
	}

	private static Mono<Map<String, Long>> load(ConnPoolClient client, ServerProcess server, AtomicBoolean over) {
		Mono<Map<String, Long>> outcomes = Flux.range(0, CALLERS)
			.flatMap((caller) -> get(client, server).onErrorResume((ex) -> Mono.just(String.valueOf(ex)))
				.repeat(() -> !over.get()), CALLERS)
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
			.cache();
		outcomes.subscribe();
		return outcomes;
	}

	private static Mono<String> get(ConnPoolClient client, ServerProcess server) {
		return client.httpClient().get().uri(server.url("/")).responseSingle((response, body) -> body.asString());
	}

	private void trust(TestCertificate... certificates) {
		write(Stream.of(certificates).map(TestCertificate::pem).collect(Collectors.joining()));
	}

	private void write(String pem) {
		try {
			Path next = Files.writeString(this.directory.resolve("next.pem"), pem);
			Files.move(next, this.trusted.resolve("trusted.pem"), StandardCopyOption.ATOMIC_MOVE);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void serve(ServerProcess nginx, TestCertificate certificate) throws IOException {
		certificate.writeTo(this.directory.resolve("server.pem"));
		Nginx.reload(nginx, this.directory);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(this.network.client(certificate.trusted(), (settings) -> settings)
				.get(nginx.url("/"))
				.onErrorReturn("distrusted")
				.block(PATIENCE)).isEqualTo("GET"));
	}

	private ServerProcess nginx() {
		return Nginx.start(this.directory, "keepalive_requests 100000;");
	}

}
