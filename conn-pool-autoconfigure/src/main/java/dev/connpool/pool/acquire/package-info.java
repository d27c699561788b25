/**
 * Who gets which connection: the queue, the limits, the choice, and when another is
 * opened. Knows {@code dial}, {@code connection} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.acquire;

import org.jspecify.annotations.NullMarked;
