package dev.connpool.pool.memory;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.LastError;
import dev.connpool.snapshot.Latency;
import dev.connpool.snapshot.Validity;
import io.netty.util.concurrent.EventExecutor;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one host, whichever pools serve it one after another: how long
 * its requests took and how they failed. Safe for use by many threads. Locks when a
 * connection is opened and when somebody looks each ten seconds, and never for a request,
 * one that fails included.
 */
public final class HostMemory {

	/** Most addresses that are told apart. */
	private static final int MOST_ADDRESSES = 32;

	/** Looks after which an address without connections may be forgotten. */
	private static final int UNUSED = 2;

	private volatile Counted counted = new Counted(Collections.emptyMap(), new long[Tally.SIZE]);

	private volatile Window window = Window.EMPTY;

	/**
	 * The last run of each kind. The map never changes, so that any thread may read it.
	 */
	private final Map<FailureKind, AtomicReference<@Nullable FailureRun>> failures = new EnumMap<>(FailureKind.class);

	private volatile @Nullable Validity certificate;

	/** What this remembers beyond a minute; {@code null} if there are too many hosts. */
	private final AtomicReference<@Nullable Past> past = new AtomicReference<>();

	/** When a pool asked for this last. */
	private volatile long askedFor;

	/** What was counted between the last two looks. */
	private long[] meanwhile = new long[Tally.SIZE];

	/**
	 * Create a memory of nothing.
	 */
	public HostMemory() {
		for (FailureKind kind : FailureKind.values()) {
			this.failures.put(kind, new AtomicReference<>());
		}
	}

	// Counted

	/**
	 * Return where the requests on a connection are counted.
	 * @param address where it is connected to
	 * @param eventLoop the event loop of the connection, which alone may count there
	 * @return what to count with
	 */
	public synchronized Tally tally(@Nullable SocketAddress address, EventExecutor eventLoop) {
		Map<@Nullable SocketAddress, AddressMemory> addresses = this.counted.addresses;
		SocketAddress key = (addresses.size() < MOST_ADDRESSES || addresses.containsKey(address)) ? address : null;
		AddressMemory known = addresses.get(key);
		if (known == null) {
			Map<@Nullable SocketAddress, AddressMemory> more = new LinkedHashMap<>(addresses);
			known = new AddressMemory();
			more.put(key, known);
			this.counted = new Counted(more, this.counted.forgotten);
		}
		return known.tally(eventLoop);
	}

	/**
	 * Note that something failed.
	 * @param kind how
	 * @param message what its caller is told, or {@code null} if it was answered
	 * @param status the status of the answer, or 0
	 * @param requests how many requests failed, 0 if it was none
	 */
	public void failed(FailureKind kind, @Nullable String message, int status, int requests) {
		long now = System.nanoTime();
		AtomicReference<@Nullable FailureRun> last = Objects.requireNonNull(this.failures.get(kind));
		FailureRun run = last.get();
		while (run == null || run.isOver(now)) {
			if (last.compareAndSet(run, new FailureRun(kind, now))) {
				happened("failing", null, kind.toString(),
						(message != null) ? message : "The server answered with status " + status);
			}
			run = last.get();
		}
		run.add(message, status, requests, now);
	}

	/**
	 * Note that something happened.
	 * @param kind what
	 * @param connection the id of the connection, or {@code null} if it was none
	 * @param reason why, or {@code null}
	 * @param text what is said about it, or {@code null}
	 */
	public void happened(String kind, @Nullable String connection, @Nullable String reason, @Nullable String text) {
		Past past = this.past.get();
		if (past != null) {
			past.happened(System.nanoTime(), kind, connection, reason, text);
		}
	}

	/**
	 * Return what is remembered beyond a minute.
	 * @return the past, or {@code null} if there are too many hosts
	 */
	@Nullable Past past() {
		return this.past.get();
	}

	/**
	 * Remember beyond a minute from now on.
	 * @param past where
	 * @return whether that was not done already
	 */
	boolean beginPast(Past past) {
		return this.past.compareAndSet(null, past);
	}

	/**
	 * Remember no more than a minute from now on.
	 * @return whether there was more
	 */
	boolean endPast() {
		return this.past.getAndSet(null) != null;
	}

	long askedFor() {
		return this.askedFor;
	}

	void askedFor(long now) {
		this.askedFor = now;
	}

	/**
	 * Return how it was.
	 * @param longest for how long
	 * @return the history, or {@code null} if none is kept of this host
	 */
	public @Nullable HostHistory history(Duration longest) {
		Past past = this.past.get();
		return (past != null) ? past.history(longest) : null;
	}

	// Looked at

	/**
	 * Note what is counted now. To be called each ten seconds.
	 * @param now the current time, in terms of {@link System#nanoTime()}
	 * @param open the addresses that there are connections to
	 */
	synchronized void look(long now, Set<SocketAddress> open) {
		Map<@Nullable SocketAddress, AddressMemory> kept = new LinkedHashMap<>();
		Map<@Nullable SocketAddress, AddressMemory> addresses = this.counted.addresses;
		long[] gone = this.counted.forgotten.clone();
		addresses.forEach((address, memory) -> {
			boolean used = address == null || open.contains(address);
			if (memory.look(now, used) >= UNUSED && addresses.size() >= MOST_ADDRESSES) {
				memory.addTo(gone);
			}
			else {
				kept.put(address, memory);
			}
		});
		this.counted = new Counted(kept, gone);
		long[] sum = this.counted.sum();
		this.meanwhile = Window.difference(sum, this.window.latest());
		this.window = this.window.plus(sum, now);
	}

	/**
	 * Return what was counted between the last two looks.
	 * @return the differences
	 */
	synchronized long[] meanwhile() {
		return this.meanwhile;
	}

	/**
	 * Return how long the requests of the last minute took.
	 * @return the quantiles
	 */
	public Latency latency() {
		long[] minute = this.window.sinceAMinute(this.counted.sum(), System.nanoTime());
		return new Latency(Buckets.quantiles(minute, Tally.WAITS), Buckets.quantiles(minute, Tally.HEADERS));
	}

	/**
	 * Return what is known of an address.
	 * @param address the address
	 * @return the requests to it, or {@code null} if there were none
	 */
	public AddressMemory.@Nullable Requests requests(SocketAddress address) {
		AddressMemory known = this.counted.addresses.get(address);
		return (known != null) ? known.requests(System.nanoTime()) : null;
	}

	/**
	 * Return what went wrong last, of each kind.
	 * @return the errors, the latest first
	 */
	public List<LastError> errors() {
		long now = System.nanoTime();
		List<FailureRun> runs = new ArrayList<>();
		for (AtomicReference<@Nullable FailureRun> last : this.failures.values()) {
			FailureRun run = last.get();
			if (run != null) {
				runs.add(run);
			}
		}
		runs.sort(Comparator.comparingLong((run) -> now - run.at()));
		return runs.stream().map((run) -> run.snapshot(now)).toList();
	}

	/**
	 * Note with which certificate the host was authenticated.
	 * @param certificate when that is valid
	 */
	public void authenticated(Validity certificate) {
		this.certificate = certificate;
	}

	public @Nullable Validity certificate() {
		return this.certificate;
	}

	/**
	 * What was counted so far. Never changed: another takes its place.
	 */
	private static final class Counted {

		/** By address, those beyond the bound under {@code null}. */
		private final Map<@Nullable SocketAddress, AddressMemory> addresses;

		/** What was counted of addresses that were forgotten. */
		private final long[] forgotten;

		Counted(Map<@Nullable SocketAddress, AddressMemory> addresses, long[] forgotten) {
			this.addresses = addresses;
			this.forgotten = forgotten;
		}

		long[] sum() {
			long[] sum = this.forgotten.clone();
			this.addresses.values().forEach((address) -> address.addTo(sum));
			return sum;
		}

	}

}
