package dev.connpool.benchmarks.soak;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * What a server does with a request that names this as its path.
 */
enum Fault {

	NONE(40),

	LARGE_BODY(4),

	SLOW_BODY(3),

	GZIP(6),

	MALFORMED_GZIP(2),

	TRUNCATED_GZIP(2),

	/** Never answers. */
	SILENCE(1),

	/** Never ends the body. */
	STALLED_BODY(1),

	CLOSE_BEFORE_RESPONSE(2),

	RESET_BEFORE_RESPONSE(2),

	RESET_IN_HEAD(2),

	CLOSE_IN_BODY(2),

	RESET_IN_BODY(2),

	/** More bytes than the response has, in the same write. HTTP/1.1 only. */
	LEFTOVER(2),

	/** The same with another whole response. HTTP/1.1 only. */
	SECOND_RESPONSE(2),

	/** {@code Connection: close}, or GOAWAY that lets the stream finish. */
	LAST_ON_CONNECTION(2),

	/** GOAWAY that says that the stream was not processed. HTTP/2 only. */
	IGNORED_BY_GOAWAY(2),

	/** REFUSED_STREAM. HTTP/2 only. */
	REFUSED(2);

	private final int weight;

	Fault(int weight) {
		this.weight = weight;
	}

	/**
	 * Return what to choose from.
	 * @param without what is left out
	 * @return the others, some more often than others
	 */
	static List<Fault> weighted(Set<Fault> without) {
		return Arrays.stream(values())
			.filter((fault) -> !without.contains(fault))
			.flatMap((fault) -> Collections.nCopies(fault.weight, fault).stream())
			.toList();
	}

	/**
	 * Return whether the server has acted on the request before it fails.
	 * @return whether it may not be sent again
	 */
	boolean isActedOn() {
		return this != IGNORED_BY_GOAWAY && this != REFUSED;
	}

	boolean isCoded() {
		return this == GZIP || this == MALFORMED_GZIP || this == TRUNCATED_GZIP;
	}

}
