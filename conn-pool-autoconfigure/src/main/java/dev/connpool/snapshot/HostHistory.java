package dev.connpool.snapshot;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * How a host was in the last hour or less. A value is {@code -1} where nobody has looked.
 *
 * @param endsAt the end of the last slot
 * @param slots how many slots there are, ten seconds each
 * @param values the values of each slot by what they are of, the earliest first; left out
 * if all are 0
 * @param failed the requests that failed in each slot, by kind; left out if all are 0
 * @param events what happened meanwhile, the earliest first
 */
public record HostHistory(Instant endsAt, int slots, Map<Value, int[]> values, Map<String, int[]> failed,
		List<HostEvent> events) {

	/**
	 * What is remembered of each slot.
	 */
	public enum Value {

		/** Connections in use, at the end of the slot. */
		ACTIVE,

		/** Open connections that were not in use. */
		IDLE,

		/** Connections that were being opened. */
		OPENING,

		/** HTTP/2 streams that were open. */
		STREAMS,

		/** Callers who waited. */
		PENDING,

		/** Requests that were given a connection within the slot. */
		REQUESTS,

		/** Connections that were opened. */
		OPENED,

		/** Connections that ended, those included that could not be opened. */
		CLOSED,

		/** Half of the waits were no longer, in microseconds. */
		WAIT_P50,

		/** Ninety-nine of a hundred waits were no longer. */
		WAIT_P99,

		/** Half of the response headers came no later, in microseconds. */
		HEADERS_P50,

		/** Nine of ten response headers came no later. */
		HEADERS_P90,

		/** Ninety-nine of a hundred response headers came no later. */
		HEADERS_P99;

		/**
		 * Return whether the value counts what happened within its slot.
		 * @return {@code false} if it is one of the end of the slot
		 */
		public boolean isCount() {
			return this == REQUESTS || this == OPENED || this == CLOSED;
		}

	}

}
