package dev.connpool.snapshot;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Something that happened with a host.
 *
 * @param at when it happened first
 * @param kind what happened, such as {@code closed}
 * @param connection the id of the connection, or {@code null} if it was none, or several
 * @param reason why, such as {@code idle-timeout}, or {@code null}
 * @param text what was said about it, cut if it is long, or {@code null}
 * @param count how often it happened within ten seconds
 */
public record HostEvent(Instant at, String kind, @Nullable String connection, @Nullable String reason,
		@Nullable String text, int count) {
}
