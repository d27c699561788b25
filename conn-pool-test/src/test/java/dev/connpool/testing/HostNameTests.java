package dev.connpool.testing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HostName}.
 */
class HostNameTests {

	@ParameterizedTest
	@CsvSource({ "https://127.0.0.1:8443, https://127.0.0.1:8443", "https://example.com, https://example.com:443",
			"http://example.com/orders?page=1, http://example.com:80", "HTTPS://Example.COM, https://example.com:443",
			"http://[::1]:8080/, http://[::1]:8080" })
	void aUrlNamesItsHost(String url, String host) {
		assertThat(HostName.of(url)).isEqualTo(host);
	}

	@Test
	void aNameWithoutASchemeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HostName.of("/orders"))
			.withMessage("'/orders' names no host, unlike 'https://orders.example.com:8443'");
	}

	@Test
	void anotherSchemeIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HostName.of("ftp://example.com"))
			.withMessage("The scheme must be http or https, not 'ftp'");
	}

}
