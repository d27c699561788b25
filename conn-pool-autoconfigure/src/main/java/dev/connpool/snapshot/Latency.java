package dev.connpool.snapshot;

import org.jspecify.annotations.Nullable;

/**
 * How long the requests of the last minute took.
 *
 * @param waited how long they waited for a connection or a stream, or {@code null} if
 * there were none
 * @param headers how long after that the header of the response came, or {@code null} if
 * none did
 */
public record Latency(@Nullable Quantiles waited, @Nullable Quantiles headers) {

	/**
	 * There were no requests.
	 */
	public static final Latency NONE = new Latency(null, null);

}
