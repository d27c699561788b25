package dev.connpool.pool.dial;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HostAddressesTests {

	@Test
	void familiesAreTriedInTurn() {
		assertThat(HostAddresses.order(list("::1", "::2", "10.0.0.1", "10.0.0.2", "10.0.0.3"), 0))
			.isEqualTo(list("::1", "10.0.0.1", "::2", "10.0.0.2", "10.0.0.3"));
		assertThat(HostAddresses.order(list("10.0.0.1", "::1", "::2"), 0)).isEqualTo(list("10.0.0.1", "::1", "::2"));
	}

	@Test
	void eachDialBeginsWithAnotherAddressOfTheFamily() {
		List<SocketAddress> answer = list("10.0.0.1", "10.0.0.2", "10.0.0.3", "::1");
		assertThat(HostAddresses.order(answer, 1)).isEqualTo(list("10.0.0.2", "::1", "10.0.0.3", "10.0.0.1"));
		assertThat(HostAddresses.order(answer, 5)).isEqualTo(list("10.0.0.3", "::1", "10.0.0.1", "10.0.0.2"));
		assertThat(HostAddresses.order(answer, Integer.MIN_VALUE)).hasSize(4);
	}

	@Test
	void anAddressIsTriedOnce() {
		assertThat(HostAddresses.order(list("10.0.0.1", "10.0.0.1"), 0)).isEqualTo(list("10.0.0.1"));
	}

	@Test
	void theListIsCut() {
		Stream<String> many = IntStream.range(0, 1000)
			.mapToObj((number) -> "10.0.%d.%d".formatted(number / 250, number % 250));
		assertThat(HostAddresses.order(list(Stream.concat(Stream.of("::1"), many).toArray(String[]::new)), 0))
			.hasSize(64);
	}

	private static List<SocketAddress> list(String... addresses) {
		return Stream.of(addresses).<SocketAddress>map((address) -> new InetSocketAddress(address, 443)).toList();
	}

}
