package dev.connpool.pool.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.connpool.settings.EndpointSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostEvent;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostSnapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ClientMemory}.
 */
class ClientMemoryTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final long WAIT = Duration.ofSeconds(10).toMillis();

	private final ClientMemory memory = new ClientMemory(new EndpointSettings(HOUR, 200));

	private final Map<String, HostSnapshot> hosts = new TreeMap<>();

	@Test
	void aHostIsRememberedFromTheFirst() {
		HostMemory host = this.memory.of("https://a:443");
		assertThat(this.memory.of("https://a:443")).isSameAs(host);
		host.happened("opened", "6f1c2a9e", "h2", null);
		this.hosts.put("https://a:443", HostSnapshot.UNKNOWN);
		remember();
		HostHistory history = host.history(HOUR);
		assertThat(history).isNotNull();
		assertThat(history.slots()).isOne();
		assertThat(history.events()).extracting(HostEvent::kind).containsExactly("opened");
	}

	@Test
	void theBeginningOfAFailureIsAnEvent() {
		HostMemory host = this.memory.of("https://a:443");
		host.failed(FailureKind.RESET, "lost", 0, 1);
		host.failed(FailureKind.RESET, "lost", 0, 1);
		HostHistory history = host.history(HOUR);
		assertThat(history).isNotNull();
		assertThat(history.events()).hasSize(1);
		assertThat(history.events().get(0).text()).isEqualTo("lost");
	}

	@Test
	void aFailureDoesNotWaitForWhoReadsTheHistory() {
		HostMemory host = this.memory.of("https://a:443");
		Past past = Objects.requireNonNull(host.past());
		Thread request = new Thread(() -> host.failed(FailureKind.RESET, "lost", 0, 1));
		// As somebody does who copies the history.
		synchronized (past) {
			request.start();
			assertThatNoException().isThrownBy(() -> request.join(WAIT));
			assertThat(request.isAlive()).isFalse();
		}
	}

	@Test
	void aHostThatIsGoneIsForgotten() {
		HostMemory host = this.memory.of("https://a:443");
		remember();
		assertThat(this.memory.of("https://a:443")).isNotSameAs(host);
	}

	@Test
	void ofAHundredHostsItIsRememberedHowTheyWere() {
		List<HostMemory> all = new ArrayList<>();
		for (int number = 0; number < 150; number++) {
			all.add(this.memory.of("https://%03d:443".formatted(number)));
		}
		assertThat(all).filteredOn((host) -> host.history(HOUR) != null).hasSize(100);
		assertThat(all.get(149).history(HOUR)).isNull();
		assertThat(all.get(149).latency()).isNotNull();
	}

	@Test
	void whereNothingIsToBeRememberedNothingIs() {
		HostMemory host = new ClientMemory(new EndpointSettings(Duration.ZERO, 0)).of("https://a:443");
		host.happened("opened", "6f1c2a9e", "h2", null);
		HostHistory history = host.history(HOUR);
		assertThat(history).isNotNull();
		assertThat(history.slots()).isZero();
		assertThat(history.events()).isEmpty();
	}

	private void remember() {
		this.memory.remember(new ClientSnapshot("orders", List.of(), this.hosts, List.of(), false), Map.of());
	}

}
