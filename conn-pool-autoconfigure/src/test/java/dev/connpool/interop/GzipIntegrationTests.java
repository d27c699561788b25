package dev.connpool.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;

import dev.connpool.settings.Protocol;
import dev.connpool.testing.LoopbackPort;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.web.client.RestClient;
import org.springframework.web.client.support.RestClientAdapter;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.support.WebClientAdapter;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.invoker.HttpServiceProxyFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What servers compress arrives decompressed, with the first response too (B37).
 */
@Transport.Each
class GzipIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Stock STOCK = new Stock("tea", 42);

	private static final String CADDY = """
			{
				admin off
				auto_https off
			}
			https://127.0.0.1:%d {
				tls %2$s/server.pem %2$s/server.pem
				encode {
					gzip
					minimum_length 1
				}
				header Content-Type application/json
				respond `{"item":"tea","count":42}`
			}
			""";

	@RegisterExtension
	final Network network;

	@TempDir
	Path directory;

	GzipIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void nginxIsUnderstood(Protocol protocol) {
		ServerProcess.assumeInstalled("nginx");
		try (ServerProcess nginx = Nginx.start(this.directory, """
				gzip on;
				gzip_min_length 1;
				gzip_types application/json text/plain;
				location /stock {
					default_type application/json;
					return 200 '{"item":"tea","count":42}';
				}
				""")) {
			assertUnderstood(nginx, protocol);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "H2", "HTTP_1_1" })
	void caddyIsUnderstood(Protocol protocol) {
		ServerProcess.assumeInstalled("caddy");
		int port = LoopbackPort.free();
		ServerProcess.configure(this.directory, CADDY.formatted(port, this.directory));
		try (ServerProcess caddy = ServerProcess.start("https", port, this.directory, "caddy", "run", "--adapter",
				"caddyfile", "--config", this.directory.resolve("server.conf").toString())) {
			assertUnderstood(caddy, protocol);
		}
	}

	private void assertUnderstood(ServerProcess server, Protocol protocol) {
		assertThat(coding(client(protocol), server)).isEqualTo("gzip");
		for (Door door : Door.values()) {
			TestClient client = client(protocol);
			Function<String, Stock> stock = door.on(client);
			for (int request = 0; request < 3; request++) {
				assertThat(stock.apply(server.url("/stock"))).as("%s, request %d", door, request).isEqualTo(STOCK);
			}
			assertThat(client.host(server).counters().opened()).as("%s", door).isOne();
		}
	}

	private TestClient client(Protocol protocol) {
		return this.network.client((settings) -> settings.protocols(protocol));
	}

	/** What the server does if nothing is decoded. */
	private static String coding(TestClient client, ServerProcess server) {
		return client.derive((httpClient) -> httpClient.compress(false))
			.request("GET", server.url("/stock"))
			.header("Accept-Encoding", "gzip")
			.head()
			.mapNotNull((response) -> response.headers().get("Content-Encoding"))
			.block(PATIENCE);
	}

	private static WebClient webClient(TestClient client) {
		return client.webClient();
	}

	private static RestClient restClient(TestClient client) {
		return client.restClient();
	}

	record Stock(String item, int count) {
	}

	/**
	 * A service, at any base URL.
	 */
	interface Shop {

		@GetExchange("/stock")
		Stock stock();

	}

	enum Door {

		WEB_CLIENT {

			@Override
			Function<String, Stock> on(TestClient client) {
				WebClient webClient = webClient(client);
				return (url) -> webClient.get().uri(url).retrieve().bodyToMono(Stock.class).block(PATIENCE);
			}

		},

		REST_CLIENT {

			@Override
			Function<String, Stock> on(TestClient client) {
				RestClient restClient = restClient(client);
				return (url) -> restClient.get().uri(url).retrieve().body(Stock.class);
			}

		},

		WEB_CLIENT_SERVICE {

			@Override
			Function<String, Stock> on(TestClient client) {
				return (url) -> HttpServiceProxyFactory
					.builderFor(WebClientAdapter.create(webClient(client).mutate().baseUrl(base(url)).build()))
					.build()
					.createClient(Shop.class)
					.stock();
			}

		},

		REST_CLIENT_SERVICE {

			@Override
			Function<String, Stock> on(TestClient client) {
				return (url) -> HttpServiceProxyFactory
					.builderFor(RestClientAdapter.create(restClient(client).mutate().baseUrl(base(url)).build()))
					.build()
					.createClient(Shop.class)
					.stock();
			}

		};

		abstract Function<String, Stock> on(TestClient client);

		private static String base(String url) {
			return url.substring(0, url.lastIndexOf('/'));
		}

	}

}
