package dev.connpool.autoconfigure.binding;

import org.jspecify.annotations.Nullable;

/**
 * What can be written about OAuth2.
 *
 * @param client Name of the client that Spring Security fetches tokens with. Tokens are
 * fetched outside the pools if it is not set.
 */
record OAuth2Properties(@Nullable String client) {
}
