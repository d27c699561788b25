/**
 * One socket and its life, whatever is spoken on it, and the contracts by which it is
 * used: sessions carry leases. Knows {@code host} and {@code memory}.
 */
@NullMarked
package dev.connpool.pool.connection;

import org.jspecify.annotations.NullMarked;
