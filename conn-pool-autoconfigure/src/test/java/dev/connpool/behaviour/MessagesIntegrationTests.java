package dev.connpool.behaviour;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;

import javax.net.ssl.SSLException;

import dev.connpool.error.ConnPoolException;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.ProxySettings;
import dev.connpool.testing.Failure;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Messages say what happened, on one line, and hold nothing of a server that could be
 * taken for something else.
 */
@Transport.Each
class MessagesIntegrationTests {

	private static final String NASTY = "\u001b[31mNo\u0007\u202e\u2028\u0085 \rlog entry";

	@RegisterExtension
	final Network network;

	MessagesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 403 %s", "HTTP/9.\u001b[31mNo\u0007\u0085 200 %s", "HTTP/1.1 200 OK\r\n%s" })
	void whatAServerOrAProxySaysIsWrittenOut(String answer) {
		RawServer server = RawServer.answering(this.network, answer.formatted(NASTY) + "\r\n\r\n");
		Failure direct = Failure.of(this.network.client().get(server.url("/")));
		assertPrintable(direct);
		assertThat(direct.message()).contains("\\u001b");
		TestClient proxied = this.network.client((settings) -> settings
			.proxy(new ProxySettings(ProxySettings.Mode.EXPLICIT, server.url(""), List.of(), null, null)));
		assertPrintable(Failure.of(proxied.get("https://no-such-host.invalid/")));
	}

	@Test
	void aReasonPhraseWithoutEndLeavesTheRemedy() {
		RawServer proxy = RawServer.answering(this.network, "HTTP/1.1 403 %s\r\n\r\n".formatted("long".repeat(900)));
		TestClient client = this.network.client((settings) -> settings
			.proxy(new ProxySettings(ProxySettings.Mode.EXPLICIT, proxy.url(""), List.of(), null, null)));
		Failure failure = Failure.of(client.get("https://no-such-host.invalid/"));
		assertThat(failure.message()).contains("refused the tunnel with 403 long", "…", "proxy.no-proxy")
			.hasSizeLessThan(700);
	}

	@Test
	void aStatusLineIsBoundedByThePropertyThatIsNamed() {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 200 %s\r\nContent-Length: 0\r\n\r\n".formatted("r".repeat(5000)));
		this.network.client().fetch(server.url("/"));
		TestClient narrow = this.network.client((settings) -> settings.maxResponseHeaderSize(4000));
		assertThat(Failure.of(narrow.get(server.url("/"))).message()).contains(
				"the status line of the response is larger than 4000 bytes",
				TestClient.property("max-response-header-size"));
	}

	@Test
	void theExtensionOfAChunkIsBoundedByThePropertyThatIsNamed() {
		RawServer server = RawServer.answering(this.network,
				"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=%s\r\nok\r\n0\r\n\r\n"
					.formatted("r".repeat(5000)));
		assertThat(this.network.client().fetch(server.url("/"))).isEqualTo("ok");
		TestClient narrow = this.network.client((settings) -> settings.maxResponseHeaderSize(4000));
		assertThat(Failure.of(narrow.get(server.url("/"))).message()).contains(
				"the line with the size of a chunk, which may have extensions, is larger than 4000 bytes",
				TestClient.property("max-response-header-size"));
	}

	@ParameterizedTest
	@EnumSource
	void aUriWithoutAHostIsNamed(DoorWithoutBaseUrl door) {
		if (door == DoorWithoutBaseUrl.WEB_CLIENT) {
			this.network.isFor(Transport.REACTOR_NETTY);
		}
		TestClient client = this.network.client();
		Failure failure = Failure.of(door.get(client, "/orders?token=secret"));
		assertThat(String.valueOf(failure.error()))
			.contains("the URI '/orders' names no host.", TestClient.property("base-url"))
			.doesNotContain("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void aServerThatWantsACertificateIsSaidToWantOne(String version) throws Exception {
		DisposableServer server = HttpServer.create()
			.host("localhost")
			.port(0)
			.secure((spec) -> spec.sslContext(wantingACertificate(version)))
			.handle((request, response) -> response.sendString(Mono.just("hello")))
			.bindNow();
		try {
			TestClient client = this.network.client((settings) -> settings.protocols(Protocol.HTTP_1_1));
			Failure failure = Failure.of(client.derive((http) -> http.secure((spec) -> spec.sslContext(trusting())))
				.get("https://localhost:%d/".formatted(server.port())));
			assertThat(failure.message()).containsPattern("certificate_required|bad_certificate")
				.contains(TestClient.property("ssl.bundle"));
		}
		finally {
			server.disposeNow();
		}
	}

	private static SslContext wantingACertificate(String version) {
		try {
			X509Bundle bundle = new CertificateBuilder().subject("CN=localhost")
				.addSanDnsName("localhost")
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			return SslContextBuilder.forServer(bundle.toKeyManagerFactory())
				.protocols(version)
				.clientAuth(ClientAuth.REQUIRE)
				.trustManager(InsecureTrustManagerFactory.INSTANCE)
				.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static SslContext trusting() {
		try {
			return SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build();
		}
		catch (SSLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertPrintable(Failure failure) {
		assertThat(failure.error()).isInstanceOf(ConnPoolException.class);
		ConnPoolException error = (ConnPoolException) failure.error();
		assertThat(error.getMessage()).doesNotContainPattern("[\\p{Cc}\\u202e\\u2028]").hasSizeLessThan(1000);
		StringWriter chain = new StringWriter();
		error.printStackTrace(new PrintWriter(chain));
		assertThat(chain.toString().replaceAll("[\n\t]", "")).doesNotContainPattern("[\\p{Cc}\\u202e\\u2028]");
	}

	enum DoorWithoutBaseUrl {

		WEB_CLIENT {
			@Override
			Mono<String> get(TestClient client, String uri) {
				return WebClient.builder()
					.clientConnector(new ReactorClientHttpConnector(client.httpClient()))
					.build()
					.get()
					.uri(uri)
					.retrieve()
					.bodyToMono(String.class);
			}
		},

		REST_CLIENT {
			@Override
			Mono<String> get(TestClient client, String uri) {
				RestClient rest = client.restClient();
				return Mono.fromCallable(() -> rest.get().uri(URI.create(uri)).retrieve().body(String.class))
					.subscribeOn(Schedulers.boundedElastic());
			}
		},

		TEST_CLIENT {
			@Override
			Mono<String> get(TestClient client, String uri) {
				return client.get(uri);
			}
		};

		abstract Mono<String> get(TestClient client, String uri);

	}

}
