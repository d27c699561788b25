package dev.connpool.snapshot;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A connection that has ended.
 *
 * @param id its id
 * @param host the host, as {@code scheme://host:port}
 * @param protocol the ALPN id of what it spoke, or {@code null} if it was never open
 * @param reason why it ended, such as {@code idle-timeout}
 * @param age how long it had been open
 * @param idleFor how long it had been unused, or {@code null} if it was in use
 * @param exchanges the exchanges that it served
 * @param closedAt when it ended
 */
public record ClosedConnection(String id, String host, @Nullable String protocol, String reason, Duration age,
		@Nullable Duration idleFor, long exchanges, Instant closedAt) {
}
