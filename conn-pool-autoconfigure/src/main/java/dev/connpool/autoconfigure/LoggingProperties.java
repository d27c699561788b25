package dev.connpool.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * What can be written about logging.
 *
 * @param exchange Whether to log one line per exchange.
 */
record LoggingProperties(@Nullable Boolean exchange) {
}
