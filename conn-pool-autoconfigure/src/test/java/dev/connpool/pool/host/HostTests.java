package dev.connpool.pool.host;

import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;

import dev.connpool.error.ConnectionFailedException.Phase;
import dev.connpool.settings.ClientSettings;
import io.netty.channel.ChannelException;
import io.netty.handler.codec.DecoderException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Host}.
 */
class HostTests {

	private final Host host = new Host("orders", "https://orders.example.com:443",
			InetSocketAddress.createUnresolved("orders.example.com", 443), true, ClientSettings.DEFAULTS,
			ClientSettings.DEFAULTS.host("orders.example.com", 443), null);

	@Test
	void tooManyOpenFilesAreNoFailureOfNameResolution() {
		Throwable cause = new ChannelException("Unable to create Channel from class",
				new ChannelException(new SocketException("Too many open files")));
		assertThat(this.host.errors().connectionFailed(Phase.DNS, Duration.ofMillis(3), cause, List.of()))
			.hasMessageContaining("opening a socket failed, as the process has all the open files that it may have")
			.hasMessageContaining("'conn-pool.clients.orders.pool.max-connections-per-host'")
			.hasMessageNotContaining("name resolution");
	}

	@Test
	void aCertificateThatTheServerWantsIsNamedWithTheProperty() {
		Throwable cause = new DecoderException(new SSLHandshakeException("Received fatal alert: certificate_required"));
		assertThat(this.host.errors().connectionFailed(Phase.TLS, Duration.ofMillis(3), cause, List.of()))
			.hasMessageContaining("certificate_required")
			.hasMessageEndingWith(
					"The server wants a certificate of the client: set 'conn-pool.clients.orders.ssl.bundle'.");
	}

}
