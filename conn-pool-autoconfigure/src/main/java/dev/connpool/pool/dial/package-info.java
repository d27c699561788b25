/**
 * From a name to a negotiated connection. Knows {@code connection} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.dial;

import org.jspecify.annotations.NullMarked;
