package dev.connpool.pool.connection;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import dev.connpool.pool.host.CloseReason;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConnectionEnd}.
 */
class ConnectionEndTests {

	private static final IOException RESET = new IOException("Connection reset");

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private long idleSince;

	private final ConnectionEnd end = new ConnectionEnd(this.channel, () -> this.idleSince);

	@Test
	void whatIsNotedFirstStands() {
		assertThat(this.end.isNoted()).isFalse();
		this.end.note(CloseReason.MAX_IDLE);
		this.end.note(CloseReason.SHUTDOWN);
		this.end.closed(true);
		assertThat(this.end.isNoted()).isTrue();
		assertThat(this.end.reason()).isEqualTo(CloseReason.MAX_IDLE);
	}

	@Test
	void whatNobodyHereClosedTheServerDid() {
		assertThat(this.end.reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.end.isNoted()).isFalse();
		this.end.closed(false);
		assertThat(this.end.reason()).isEqualTo(CloseReason.PEER_CLOSED);
		assertThat(this.end.isNoted()).isTrue();
	}

	@Test
	void whatFailedWasReset() {
		this.end.closed(true);
		assertThat(this.end.reason()).isEqualTo(CloseReason.PEER_RESET);
	}

	@Test
	void itIsKnownForHowLongTheConnectionWasIdleWhenItEnded() {
		assertThat(this.end.idleFor()).isNull();
		this.idleSince = System.nanoTime() - TimeUnit.SECONDS.toNanos(5);
		assertThat(this.end.idleFor()).hasSeconds(5);
		this.end.note(CloseReason.IDLE_TIMEOUT);
		this.idleSince = 0;
		assertThat(this.end.idleFor()).hasSeconds(5);
	}

	@Test
	void whatIsUsedWhenItEndsWasNotIdle() {
		this.end.note(CloseReason.PING_TIMEOUT);
		this.idleSince = System.nanoTime();
		assertThat(this.end.idleFor()).isNull();
	}

	@Test
	void aMissingCloseNotifyIsNoNewsAfterAFailure() {
		this.end.failed(RESET);
		this.end.cutShort();
		assertThat(this.end.failure()).isSameAs(RESET);
	}

	@Test
	void aMissingCloseNotifyIsAFailure() {
		this.end.cutShort();
		this.end.closed(false);
		assertThat(this.end.failure()).isInstanceOf(SSLException.class).hasMessageContaining("close_notify");
		assertThat(this.end.describe())
			.isEqualTo("the server closed the connection without close_notify (RFC 9112, section 9.8)");
	}

	@ParameterizedTest
	@CsvSource({ "PEER_CLOSED,the server closed the connection", "PEER_RESET,the server reset the connection",
			"PING_TIMEOUT,the server did not answer a PING", "GOAWAY,the server sent GOAWAY and closed the connection",
			"PROTOCOL_ERROR,the connection was closed because of an error of the server",
			"MAX_IDLE,the connection was closed (max-idle)" })
	void itIsSaidHowTheConnectionEnded(CloseReason reason, String text) {
		this.end.note(reason);
		assertThat(this.end.describe()).isEqualTo(text);
	}

	@Test
	void onlyWhatIsClosedAndNobodyKnowsWhyIsALoss() {
		assertThat(this.end.isLoss()).isFalse();
		this.channel.close();
		assertThat(this.end.isLoss()).isTrue();
		this.end.failed(RESET);
		assertThat(this.end.isLoss()).isTrue();
		this.end.failed(Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "told to fail"));
		assertThat(this.end.isLoss()).isFalse();
	}

	@Test
	void aFailureBelongsToTheEventLoopAndIsReadByAnybody() throws Exception {
		MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
		try {
			LocalChannel elsewhere = new LocalChannel();
			group.register(elsewhere).sync();
			ConnectionEnd end = new ConnectionEnd(elsewhere, () -> 0);
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> end.failed(RESET));
			assertThatExceptionOfType(AssertionError.class).isThrownBy(end::cutShort);
			assertThat(end.failure()).isNull();
			elsewhere.eventLoop().submit(() -> end.failed(RESET)).sync();
			assertThat(end.failure()).isSameAs(RESET);
		}
		finally {
			group.shutdownGracefully(0, 0, TimeUnit.SECONDS).sync();
		}
	}

}
