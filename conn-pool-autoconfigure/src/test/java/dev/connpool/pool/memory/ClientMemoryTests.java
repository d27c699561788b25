package dev.connpool.pool.memory;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import dev.connpool.settings.EndpointSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostEvent;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.Latency;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ClientMemory}.
 */
class ClientMemoryTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final long WAIT = Duration.ofSeconds(10).toMillis();

	private static final long MINUTE = Duration.ofMinutes(1).toNanos();

	private static final int ROUNDS = 200;

	private static final HostSnapshot ACTIVE = new HostSnapshot(null, null, 0,
			new HostSnapshot.Connections(0, 0, 1, 0, 0, 0), new HostSnapshot.Streams(0, 0), List.of(), 1, 0, null, null,
			0, HostSnapshot.Counters.NONE, Latency.NONE, List.of(), null, null, 0);

	private final ClientMemory memory = new ClientMemory(new EndpointSettings(HOUR, 200));

	private final Map<String, HostSnapshot> hosts = new TreeMap<>();

	@Test
	void aHostIsRememberedFromTheFirst() {
		HostMemory host = this.memory.of("https://a:443");
		assertThat(this.memory.of("https://a:443")).isSameAs(host);
		host.happened("opened", "6f1c2a9e", "h2", null);
		this.hosts.put("https://a:443", HostSnapshot.UNKNOWN);
		this.memory.remember(snapshot(), Map.of(host, Set.of()));
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
		HostMemory host = this.memory.of("https://a:443", 0);
		remember(MINUTE);
		assertThat(this.memory.of("https://a:443", MINUTE)).isNotSameAs(host);
	}

	// The pool was made after the connections had been counted.
	@Test
	void aHostThatAPoolHasIsKeptAlthoughItWasNotCounted() {
		HostMemory host = this.memory.of("https://a:443", 0);
		this.memory.remember(snapshot(), Map.of(host, Set.of()), 10 * MINUTE);
		assertThat(this.memory.of("https://a:443", 10 * MINUTE)).isSameAs(host);
	}

	@Test
	void aHostWhosePoolIsStillBeingMadeIsKept() {
		HostMemory host = this.memory.of("https://a:443", 0);
		remember(1);
		remember(MINUTE - 1);
		assertThat(this.memory.of("https://a:443", MINUTE - 1)).isSameAs(host);
		// Another pool, while the look has begun that did not see it.
		remember(MINUTE);
		assertThat(this.memory.of("https://a:443", MINUTE)).isSameAs(host);
		assertThat(host.history(HOUR)).isNotNull();
	}

	@Test
	void aHostThatIsForgottenMakesRoom() {
		for (int number = 0; number < 100; number++) {
			this.memory.of("https://%03d:443".formatted(number), 0);
		}
		remember(MINUTE);
		assertThat(this.memory.of("https://100:443", MINUTE).history(HOUR)).isNotNull();
	}

	@Test
	void theHostThatWasUsedLeastRecentlyMakesRoomForOneThatIsUsed() {
		Map<HostMemory, Set<SocketAddress>> open = new HashMap<>();
		List<HostMemory> all = new ArrayList<>();
		for (int number = 0; number < 101; number++) {
			HostMemory host = this.memory.of("https://%03d:443".formatted(number), (number != 42) ? 1 : 0);
			all.add(host);
			open.put(host, Set.of());
		}
		this.hosts.put("https://100:443", ACTIVE);
		this.memory.remember(snapshot(), open, MINUTE);
		assertThat(all.get(100).past()).isNull();
		this.memory.remember(snapshot(), open, MINUTE + 2);
		assertThat(all).filteredOn((host) -> host.past() == null).containsExactly(all.get(42));
	}

	@Test
	void hostsThatAreAskedForAtOnceAreGivenNoMoreRoomThanThereIs() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			ClientMemory full = new ClientMemory(new EndpointSettings(Duration.ZERO, 0));
			for (int number = 0; number < 99; number++) {
				full.of("https://%03d:443".formatted(number));
			}
			Queue<HostMemory> asked = new ConcurrentLinkedQueue<>();
			atOnce(() -> asked.add(full.of("https://a:443")), () -> asked.add(full.of("https://b:443")));
			assertThat(asked).filteredOn((host) -> host.past() != null).hasSize(1);
		}
	}

	@Test
	void aHostThatIsAskedForTwiceAtOnceHasOnePast() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			ClientMemory empty = new ClientMemory(new EndpointSettings(Duration.ZERO, 0));
			Queue<Past> begun = new ConcurrentLinkedQueue<>();
			Runnable ask = () -> begun.add(Objects.requireNonNull(empty.of("https://a:443").past()));
			atOnce(ask, ask);
			assertThat(Set.copyOf(begun)).hasSize(1);
		}
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

	private static void atOnce(Runnable... tasks) throws InterruptedException {
		CountDownLatch begin = new CountDownLatch(tasks.length);
		List<Thread> threads = Stream.of(tasks).map((task) -> new Thread(() -> {
			begin.countDown();
			while (begin.getCount() > 0) {
				Thread.onSpinWait();
			}
			task.run();
		})).toList();
		threads.forEach(Thread::start);
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private void remember(long time) {
		this.memory.remember(snapshot(), Map.of(), time);
	}

	private ClientSnapshot snapshot() {
		return new ClientSnapshot("orders", List.of(), this.hosts, List.of(), false);
	}

}
