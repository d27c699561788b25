package dev.connpool.pool.connection;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class LeastRecentlyUsedTests {

	private static final int MOST = 20;

	private final AtomicInteger unused = new AtomicInteger();

	private final LeastRecentlyUsed order = new LeastRecentlyUsed(this.unused::get, () -> MOST);

	private final List<Thing> things = new ArrayList<>();

	private final List<Thing> gone = new ArrayList<>();

	/** What was asked to go and has not answered. */
	private final Deque<Runnable> pending = new ArrayDeque<>();

	private final AtomicLong looks = new AtomicLong();

	private long time;

	// B6
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whatGoesIsAlwaysWhatANaiveSearchFinds(long seed) {
		Random random = new Random(seed);
		for (int step = 0; step < 20_000; step++) {
			Thing thing = any(random);
			switch (random.nextInt(20)) {
				case 0, 1, 2 -> add();
				case 3 -> thing.close();
				case 4, 5, 6, 7 -> thing.touch();
				default -> thing.toggle();
			}
			List<Thing> expected = naive();
			int before = this.gone.size();
			this.order.limit();
			assertThat(this.gone.subList(before, this.gone.size())).isEqualTo(expected);
			assertThat(this.unused).hasValueLessThanOrEqualTo(MOST);
		}
		assertThat(this.gone).hasSizeGreaterThan(100);
	}

	// B6
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	void whatAnswersLaterGoesAllTheSameAndNothingElseDoes(long seed) {
		Random random = new Random(seed);
		for (int step = 0; step < 20_000; step++) {
			Thing thing = any(random);
			thing.late = random.nextBoolean();
			switch (random.nextInt(16)) {
				case 0, 1, 2 -> add();
				case 3 -> thing.close();
				case 4, 5, 6 -> answer();
				default -> thing.toggle();
			}
			this.order.limit();
			assertThat(this.unused.get() - this.pending.size()).isLessThanOrEqualTo(MOST);
		}
		int left = this.gone.size();
		int pending = this.pending.size();
		while (!this.pending.isEmpty()) {
			answer();
		}
		assertThat(this.unused).hasValueLessThanOrEqualTo(MOST);
		assertThat(this.gone.size() - left).isLessThanOrEqualTo(2 * pending);
	}

	// B47
	@Test
	void whatGoesIsFoundWithoutLookingAtTheOthers() {
		IntStream.range(0, MOST).forEach((number) -> add().toggle());
		long before = this.looks.get();
		int turns = 10_000;
		for (int turn = 0; turn < turns; turn++) {
			add().toggle();
			this.order.limit();
		}
		assertThat(this.gone).hasSize(turns);
		assertThat(this.looks.get() - before).isLessThan(6L * turns);
	}

	// B47
	@Test
	void whatIsUsedAgainAndAgainIsNotLookedAt() {
		Thing used = add();
		used.toggle();
		long before = this.looks.get();
		for (int turn = 0; turn < 1000; turn++) {
			used.touch();
			this.order.limit();
		}
		assertThat(this.looks).hasValue(before);
	}

	// N1
	@Test
	void whatIsGoneIsNotKept() {
		WeakReference<Thing> closed = new WeakReference<>(closed());
		await().until(() -> {
			System.gc();
			return closed.get() == null;
		});
	}

	private Thing closed() {
		Thing thing = add();
		thing.toggle();
		thing.close();
		this.things.clear();
		return thing;
	}

	// N2
	@Test
	void threadsThatUseThingsAtOnceLeaveNoMoreThanMay() throws Exception {
		int threads = 4;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CountDownLatch ready = new CountDownLatch(threads);
		List<Future<?>> workers = IntStream.range(0, threads).<Future<?>>mapToObj((seed) -> executor.submit(() -> {
			Random random = new Random(seed);
			List<SharedThing> own = IntStream.range(0, 50).mapToObj((number) -> new SharedThing()).toList();
			ready.countDown();
			ready.await();
			for (int step = 0; step < 50_000; step++) {
				own.get(random.nextInt(own.size())).toggle();
				this.order.limit();
			}
			return null;
		})).toList();
		for (Future<?> worker : workers) {
			worker.get();
		}
		executor.shutdown();
		this.order.limit();
		assertThat(this.unused).hasValueLessThanOrEqualTo(MOST).hasValueGreaterThanOrEqualTo(0);
	}

	private Thing any(Random random) {
		return this.things.isEmpty() ? add() : this.things.get(random.nextInt(this.things.size()));
	}

	private Thing add() {
		Thing thing = new Thing();
		this.things.add(thing);
		return thing;
	}

	private void answer() {
		Runnable next = this.pending.poll();
		if (next != null) {
			next.run();
		}
	}

	private List<Thing> naive() {
		return this.things.stream()
			.filter((thing) -> thing.since != 0)
			.sorted(Comparator.comparingLong((thing) -> thing.since))
			.limit(Math.max(0, this.unused.get() - MOST))
			.toList();
	}

	/**
	 * Something that belongs to the thread of the test.
	 */
	private final class Thing extends LeastRecentlyUsed.Entry {

		private long since;

		private boolean late;

		void toggle() {
			if (this.since == 0) {
				this.since = ++LeastRecentlyUsedTests.this.time;
				LeastRecentlyUsedTests.this.unused.incrementAndGet();
				LeastRecentlyUsedTests.this.order.unused(this);
			}
			else {
				use();
			}
		}

		void touch() {
			if (this.since != 0) {
				toggle();
				toggle();
			}
		}

		private void use() {
			this.since = 0;
			LeastRecentlyUsedTests.this.unused.decrementAndGet();
		}

		void close() {
			if (this.since != 0) {
				use();
			}
			LeastRecentlyUsedTests.this.things.remove(this);
			LeastRecentlyUsedTests.this.order.gone(this);
		}

		@Override
		protected long unusedSince() {
			LeastRecentlyUsedTests.this.looks.incrementAndGet();
			return this.since;
		}

		@Override
		protected void letGo(long asOf, Runnable settled) {
			Runnable answer = () -> {
				if (this.since == asOf) {
					LeastRecentlyUsedTests.this.gone.add(this);
					close();
				}
				settled.run();
			};
			if (this.late) {
				LeastRecentlyUsedTests.this.pending.add(answer);
			}
			else {
				answer.run();
			}
		}

	}

	/**
	 * Something that one thread uses and any thread lets go.
	 */
	private final class SharedThing extends LeastRecentlyUsed.Entry {

		private final AtomicLong since = new AtomicLong();

		void toggle() {
			long before = this.since.get();
			if (before == 0) {
				LeastRecentlyUsedTests.this.unused.incrementAndGet();
				this.since.set(System.nanoTime() | 1);
				LeastRecentlyUsedTests.this.order.unused(this);
			}
			else if (this.since.compareAndSet(before, 0)) {
				LeastRecentlyUsedTests.this.unused.decrementAndGet();
			}
		}

		@Override
		protected long unusedSince() {
			return this.since.get();
		}

		@Override
		protected void letGo(long asOf, Runnable settled) {
			if (this.since.compareAndSet(asOf, 0)) {
				LeastRecentlyUsedTests.this.unused.decrementAndGet();
			}
			settled.run();
		}

	}

}
