package dev.connpool.pool.dial;

import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

import dev.connpool.testing.Network;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.TestServer;
import dev.connpool.testing.Wire;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

import static org.assertj.core.api.Assertions.assertThat;

class TcpKeepAliveIntegrationTests {

	private static final ChannelOption<Integer> NIO = NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE);

	@RegisterExtension
	final Network network = new Network();

	@Test
	void epollProbesAfterTheConfiguredSilence() {
		assertThat(option(EpollChannelOption.TCP_KEEPIDLE, (client) -> client)).isEqualTo(30);
	}

	@Test
	void nioProbesAfterTheConfiguredSilence() {
		LoopResources loops = LoopResources.create("nio");
		try {
			assertThat(option(NIO, (client) -> client.runOn(loops, false))).isEqualTo(30);
		}
		finally {
			loops.disposeLater().block();
		}
	}

	@Test
	void theOptionOfACustomizerIsKept() {
		assertThat(
				option(EpollChannelOption.TCP_KEEPIDLE, (client) -> client.option(EpollChannelOption.TCP_KEEPIDLE, 7)))
			.isEqualTo(7);
	}

	private @Nullable Integer option(ChannelOption<Integer> option, UnaryOperator<HttpClient> customizer) {
		TestServer server = Wire.H1.server().start(this.network);
		CompletableFuture<@Nullable Integer> seconds = new CompletableFuture<>();
		TestClient client = this.network.client(Wire.H1.settings())
			.derive((httpClient) -> customizer.apply(httpClient)
				.doOnConnected((connection) -> seconds.complete(connection.channel().config().getOption(option))));
		client.get(server.url("/hello")).block();
		return seconds.join();
	}

}
