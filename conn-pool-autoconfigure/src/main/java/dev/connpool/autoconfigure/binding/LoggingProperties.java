package dev.connpool.autoconfigure.binding;

import org.jspecify.annotations.Nullable;

/**
 * What can be written about logging.
 *
 * @param exchange Whether to log one line per exchange.
 */
record LoggingProperties(@Nullable Boolean exchange) {
}
