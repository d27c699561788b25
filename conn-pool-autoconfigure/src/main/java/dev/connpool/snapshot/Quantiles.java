package dev.connpool.snapshot;

import java.time.Duration;

/**
 * How long something took, as quantiles. They are an eighth off at most.
 *
 * @param p50 half of all took no longer
 * @param p90 nine of ten took no longer
 * @param p99 ninety-nine of a hundred took no longer
 */
public record Quantiles(Duration p50, Duration p90, Duration p99) {
}
