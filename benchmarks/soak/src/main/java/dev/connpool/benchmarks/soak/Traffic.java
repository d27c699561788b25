package dev.connpool.benchmarks.soak;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.connpool.benchmarks.Row;
import dev.connpool.benchmarks.soak.Doors.Door;
import dev.connpool.web.ConnPoolClients;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/**
 * Requests of all kinds, so many a second as long as not too many are under way, and what
 * became of them.
 */
final class Traffic {

	private static final int MOST_UNDER_WAY = 256;

	private static final int TICK_MILLIS = 10;

	private static final int PRINTED = 20;

	private final Doors doors;

	private final ConnPoolClients clients;

	private final Row ports;

	private final List<Fault> faults;

	private final AtomicLong started = new AtomicLong();

	private final AtomicLong ended = new AtomicLong();

	private final AtomicLong wrong = new AtomicLong();

	private final Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();

	Traffic(Doors doors, ConnPoolClients clients, Row ports, List<Fault> faults) {
		this.doors = doors;
		this.clients = clients;
		this.ports = ports;
		this.faults = faults;
	}

	/**
	 * Send requests.
	 * @param seconds for how long
	 * @param rate how many a second
	 */
	void flow(double seconds, int rate) throws InterruptedException {
		long begin = System.nanoTime();
		long end = begin + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
		long due = 0;
		for (long now = begin; now < end; now = System.nanoTime()) {
			long until = (now - begin) * rate / TimeUnit.SECONDS.toNanos(1);
			for (; due < until; due++) {
				if (underWay() < MOST_UNDER_WAY) {
					send();
				}
			}
			TimeUnit.MILLISECONDS.sleep(TICK_MILLIS);
		}
	}

	private void send() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		Target target = any(List.of(Target.values()));
		Door door = any(target.doors());
		Fault fault = any(this.faults);
		int size = (fault == Fault.LARGE_BODY) ? 200_000 : random.nextInt(10, 5_000);
		Query query = new Query(fault, this.started.incrementAndGet(), size);
		Mono<byte[]> answer = this.doors.send(door, this.clients.get(target.client()),
				target.origin(this.ports) + query.uri(), random.nextInt(4) == 0);
		impatient(answer).doOnNext((body) -> check(query, body, target, door)).onErrorResume((failure) -> {
			count(failure.getClass().getSimpleName());
			return Mono.empty();
		}).doFinally(this::ended).subscribe();
	}

	private static <T> T any(List<T> choices) {
		return choices.get(ThreadLocalRandom.current().nextInt(choices.size()));
	}

	/** Let some callers give up. */
	private static Mono<byte[]> impatient(Mono<byte[]> answer) {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		Duration soon = Duration.ofMillis(random.nextInt(60));
		return switch (random.nextInt(20)) {
			case 0 -> answer.takeUntilOther(Mono.delay(soon));
			case 1 -> answer.timeout(soon);
			default -> answer;
		};
	}

	private void check(Query query, byte[] body, Target target, Door door) {
		if (Body.isOf(body, query.id())) {
			count("answered");
		}
		else {
			count("wrong body");
			if (this.wrong.incrementAndGet() <= PRINTED) {
				System.err.printf("Wrong body of %d bytes: %s, %s, %s%n", body.length, query, target, door);
			}
		}
	}

	private void count(String outcome) {
		this.outcomes.computeIfAbsent(outcome, (absent) -> new LongAdder()).increment();
	}

	private void ended(SignalType how) {
		this.ended.incrementAndGet();
	}

	long started() {
		return this.started.get();
	}

	long underWay() {
		return this.started.get() - this.ended.get();
	}

	long wrong() {
		return this.wrong.get();
	}

	Map<String, LongAdder> outcomes() {
		return new TreeMap<>(this.outcomes);
	}

}
