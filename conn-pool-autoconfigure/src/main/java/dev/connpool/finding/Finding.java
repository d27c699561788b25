package dev.connpool.finding;

import org.jspecify.annotations.Nullable;

/**
 * Something that should be changed.
 *
 * @param rule what was found
 * @param host the host as {@code scheme://host:port}, or {@code null} if it is about the
 * whole client
 * @param message the evidence, and what to change
 */
public record Finding(Rule rule, @Nullable String host, String message) {
}
