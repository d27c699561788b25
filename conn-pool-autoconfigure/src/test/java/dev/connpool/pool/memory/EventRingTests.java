package dev.connpool.pool.memory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.connpool.snapshot.HostEvent;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

/**
 * Tests for {@link EventRing}.
 */
class EventRingTests {

	private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

	private static final long SECOND = 1_000_000_000L;

	private final EventRing events = new EventRing(4);

	@Test
	void theLastOnesAreKept() {
		for (int number = 0; number < 6; number++) {
			this.events.add(number * SECOND, "opened", "c" + number, "h" + number, null);
		}
		assertThat(all(6 * SECOND)).extracting(HostEvent::reason).containsExactly("h2", "h3", "h4", "h5");
		assertThat(all(6 * SECOND).get(3))
			.isEqualTo(new HostEvent(NOON.minusSeconds(1), "opened", "c5", "h5", null, 1));
	}

	@Test
	void whatHappensAgainIsCountedUntilTenSecondsHavePassed() {
		this.events.add(0, "closed", "a", "goaway", null);
		this.events.add(SECOND, "opened", "b", "h2", null);
		this.events.add(2 * SECOND, "closed", "b", "goaway", null);
		this.events.add(10 * SECOND, "closed", "c", "goaway", null);
		assertThat(all(10 * SECOND)).extracting(HostEvent::kind, HostEvent::count, HostEvent::connection)
			.containsExactly(tuple("closed", 2, null), tuple("opened", 1, "b"), tuple("closed", 1, "c"));
	}

	@Test
	void onlyAsFarBackAsWanted() {
		this.events.add(0, "opened", "a", "h2", null);
		this.events.add(60 * SECOND, "closed", "a", "goaway", null);
		assertThat(this.events.since(70 * SECOND, NOON, 10 * SECOND)).extracting(HostEvent::kind)
			.containsExactly("closed");
	}

	@Test
	void aLongTextIsCut() {
		this.events.add(0, "dial-failed", null, "connect-error", "x".repeat(1 << 20));
		assertThat(all(0).get(0).text()).hasSize(501);
	}

	@Test
	void ofNoEventsNoneIsKept() {
		EventRing none = new EventRing(0);
		none.add(0, "opened", "a", "h2", null);
		assertThat(none.since(0, NOON, SECOND)).isEmpty();
	}

	@Test
	void whatHappensOnManyThreadsAtOnceIsCountedInFull() throws Exception {
		int threads = 4;
		int times = 50_000;
		List<Thread> adding = new ArrayList<>();
		CountDownLatch begin = new CountDownLatch(threads);
		for (int thread = 0; thread < threads; thread++) {
			adding.add(new Thread(() -> {
				begin.countDown();
				while (begin.getCount() > 0) {
					Thread.onSpinWait();
				}
				for (int time = 0; time < times; time++) {
					this.events.add(SECOND, "closed", "a", "goaway", null);
				}
			}));
		}
		adding.forEach(Thread::start);
		for (Thread thread : adding) {
			thread.join();
		}
		assertThat(all(SECOND).stream().mapToInt(HostEvent::count).sum()).isEqualTo(threads * times);
	}

	@Test
	void whoReadsMeanwhileSeesEventsInTheirOrder() throws Exception {
		Thread adding = new Thread(() -> {
			for (int number = 0; number < 100_000; number++) {
				this.events.add(number * 10 * SECOND, "opened", "c", "h2", null);
			}
		});
		adding.start();
		while (adding.isAlive()) {
			assertThat(all(1_000_000 * SECOND)).extracting(HostEvent::at).isSorted().doesNotHaveDuplicates();
		}
		adding.join();
		assertThat(all(1_000_000 * SECOND)).hasSize(4);
	}

	private List<HostEvent> all(long now) {
		return this.events.since(now, NOON, Long.MAX_VALUE);
	}

}
