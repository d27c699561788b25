package dev.connpool.settings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProtocolTests {

	@Test
	void whatTheServerChoseIsSpoken() {
		assertThat(Protocol.negotiated("h2")).isEqualTo(Protocol.H2);
		assertThat(Protocol.negotiated("http/1.1")).isEqualTo(Protocol.HTTP_1_1);
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", "h2c", "spdy/3" })
	void http11IsSpokenWithAServerThatChoseNothingThatIsKnownOverTls(@Nullable String alpn) {
		assertThat(Protocol.negotiated(alpn)).isEqualTo(Protocol.HTTP_1_1);
	}

	@Test
	void http2IsH2OverTlsAndH2cOverCleartext() {
		assertThat(Protocol.values()).filteredOn((protocol) -> protocol.isSpokenOver(true))
			.containsExactly(Protocol.HTTP_1_1, Protocol.H2);
		assertThat(Protocol.values()).filteredOn((protocol) -> protocol.isSpokenOver(false))
			.containsExactly(Protocol.HTTP_1_1, Protocol.H2C);
		assertThat(Protocol.values()).filteredOn(Protocol::isMultiplexed).containsExactly(Protocol.H2, Protocol.H2C);
	}

}
