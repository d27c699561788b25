package dev.connpool.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.Latency;
import org.jspecify.annotations.Nullable;

/**
 * How long the requests of the last minute took.
 *
 * @param waited how long they waited for a connection or a stream; {@code null} if there
 * were none
 * @param headers how long after that the header of the response came; {@code null} if
 * none did
 */
@JsonInclude
@JsonPropertyOrder({ "wait", "headers" })
public record LatencyDescriptor(@JsonProperty("wait") @Nullable Quantiles waited, @Nullable Quantiles headers) {

	static LatencyDescriptor of(Latency latency) {
		return new LatencyDescriptor(Quantiles.of(latency.waited()), Quantiles.of(latency.headers()));
	}

	/**
	 * Quantiles, as ISO-8601 texts.
	 *
	 * @param p50 half of all took no longer
	 * @param p90 nine of ten took no longer
	 * @param p99 ninety-nine of a hundred took no longer
	 */
	@JsonPropertyOrder({ "p50", "p90", "p99" })
	public record Quantiles(String p50, String p90, String p99) {

		static @Nullable Quantiles of(dev.connpool.snapshot.@Nullable Quantiles quantiles) {
			return (quantiles != null)
					? new Quantiles(quantiles.p50().toString(), quantiles.p90().toString(), quantiles.p99().toString())
					: null;
		}

	}

}
