package dev.connpool.autoconfigure.binding;

import org.jspecify.annotations.Nullable;

/**
 * What can be written about TLS.
 *
 * @param bundle Name of the SSL bundle to use.
 */
record SslProperties(@Nullable String bundle) {
}
