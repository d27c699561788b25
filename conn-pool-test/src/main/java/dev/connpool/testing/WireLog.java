package dev.connpool.testing;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What reached a {@link ScriptedServer} and what it did. A request <em>arrived</em> when
 * its header was read; it was <em>processed</em> when all of it was read and a complete
 * 2xx response was written.
 */
public final class WireLog {

	private static final int MOST = 1000;

	private static final String OTHERS = "others";

	private final long start = System.nanoTime();

	private final Map<String, Integer> arrived = new ConcurrentHashMap<>();

	private final Map<String, Integer> processed = new ConcurrentHashMap<>();

	private final List<Long> resets = Collections.synchronizedList(new ArrayList<>());

	private final List<Long> goAways = Collections.synchronizedList(new ArrayList<>());

	private final AtomicInteger pings = new AtomicInteger();

	private final AtomicLong bodyBytes = new AtomicLong();

	private final AtomicInteger openStreams = new AtomicInteger();

	private final AtomicLong bytesSent = new AtomicLong();

	private final Deque<String> trace = new ArrayDeque<>();

	WireLog() {
	}

	/**
	 * Return how many requests arrived.
	 * @return the number of requests
	 */
	public int arrived() {
		return sum(this.arrived);
	}

	/**
	 * Return how many requests with a method and a path arrived.
	 * @param method the method
	 * @param path the path, without a query
	 * @return the number of requests
	 */
	public int arrived(String method, String path) {
		return this.arrived.getOrDefault(key(method, path), 0);
	}

	/**
	 * Return how many requests were processed.
	 * @return the number of requests
	 */
	public int processed() {
		return sum(this.processed);
	}

	/**
	 * Return how many requests with a method and a path were processed.
	 * @param method the method
	 * @param path the path, without a query
	 * @return the number of requests
	 */
	public int processed(String method, String path) {
		return this.processed.getOrDefault(key(method, path), 0);
	}

	/**
	 * Return the error codes of the RST_STREAM frames that were received.
	 * @return the codes, in order
	 */
	public List<Long> resets() {
		return copy(this.resets);
	}

	/**
	 * Return the error codes of the GOAWAY frames that were received.
	 * @return the codes, in order
	 */
	public List<Long> goAways() {
		return copy(this.goAways);
	}

	/**
	 * Return how many PING frames were received, acknowledgements apart.
	 * @return the number of frames
	 */
	public int pings() {
		return this.pings.get();
	}

	/**
	 * Return how many bytes of request bodies were received.
	 * @return the number of bytes
	 */
	public long bodyBytes() {
		return this.bodyBytes.get();
	}

	/**
	 * Return how many streams are open.
	 * @return the number of streams
	 */
	public int openStreams() {
		return this.openStreams.get();
	}

	/**
	 * Return how many bytes were sent on all connections, those of TLS included.
	 * @return the number of bytes
	 */
	public long bytesSent() {
		return this.bytesSent.get();
	}

	void requestArrived(String method, String path) {
		count(this.arrived, method, path);
	}

	void requestProcessed(String method, String path) {
		count(this.processed, method, path);
	}

	void resetReceived(long code) {
		add(this.resets, code);
	}

	void goAwayReceived(long code) {
		add(this.goAways, code);
	}

	void pingReceived() {
		this.pings.incrementAndGet();
	}

	void bodyReceived(int bytes) {
		this.bodyBytes.addAndGet(bytes);
	}

	void sent(int bytes) {
		this.bytesSent.addAndGet(bytes);
	}

	void streamOpened() {
		this.openStreams.incrementAndGet();
	}

	void streamClosed() {
		this.openStreams.decrementAndGet();
	}

	void event(String event) {
		synchronized (this.trace) {
			if (this.trace.size() == MOST) {
				this.trace.removeFirst();
			}
			this.trace.add("%5d ms %s".formatted((System.nanoTime() - this.start) / 1_000_000, event));
		}
	}

	/**
	 * Return the last events.
	 * @return the events, one a line
	 */
	@Override
	public String toString() {
		synchronized (this.trace) {
			return String.join("\n", this.trace);
		}
	}

	private static void count(Map<String, Integer> requests, String method, String path) {
		String key = key(method, path);
		boolean known = requests.size() < MOST || requests.containsKey(key);
		requests.merge(known ? key : OTHERS, 1, Integer::sum);
	}

	private static String key(String method, String path) {
		return method + " " + path;
	}

	private static int sum(Map<String, Integer> requests) {
		return requests.values().stream().mapToInt(Integer::intValue).sum();
	}

	private static void add(List<Long> codes, long code) {
		if (codes.size() < MOST) {
			codes.add(code);
		}
	}

	private static List<Long> copy(List<Long> codes) {
		synchronized (codes) {
			return List.copyOf(codes);
		}
	}

}
