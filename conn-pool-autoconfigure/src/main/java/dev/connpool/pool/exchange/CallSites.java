package dev.connpool.pool.exchange;

import java.lang.StackWalker.StackFrame;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Finds out where requests are subscribed to, for as many a second as can be afforded.
 * Safe for use by many threads.
 */
public final class CallSites {

	/** Requests whose call site is looked up each second. */
	static final int PER_SECOND = 50;

	private static final long SECOND = 1_000_000_000;

	/** Frames that are looked at before the search is given up. */
	private static final int DEPTH = 400;

	/** Frames that are kept. */
	private static final int KEPT = 5;

	private static final List<String> NOBODY = List.of("dev.connpool.pool.", "dev.connpool.client.",
			"dev.connpool.connector.", "dev.connpool.blocking.", "dev.connpool.web.", "dev.connpool.autoconfigure.",
			"reactor.", "io.netty.", "io.micrometer.", "org.springframework.", "org.apache.tomcat.",
			"org.apache.catalina.", "org.apache.coyote.", "java.", "javax.", "jakarta.", "jdk.", "sun.", "kotlin.",
			"kotlinx.");

	private volatile long second;

	private final AtomicInteger sampled = new AtomicInteger();

	/**
	 * Look for the caller on the present stack.
	 * @return the innermost frames of the application, none if there are none or this
	 * request is not sampled
	 */
	public List<String> sample() {
		return isSampled(System.nanoTime() / SECOND) ? StackWalker.getInstance().walk(CallSites::application)
				: List.of();
	}

	boolean isSampled(long now) {
		if (now != this.second) {
			this.second = now;
			this.sampled.set(0);
		}
		return this.sampled.get() < PER_SECOND && this.sampled.incrementAndGet() <= PER_SECOND;
	}

	private static List<String> application(Stream<StackFrame> frames) {
		return frames.limit(DEPTH)
			.filter((frame) -> NOBODY.stream().noneMatch(frame.getClassName()::startsWith))
			.limit(KEPT)
			.map((frame) -> frame.toStackTraceElement().toString())
			.toList();
	}

}
