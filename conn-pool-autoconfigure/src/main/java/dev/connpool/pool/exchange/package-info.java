/**
 * One request and its response: deadlines, replay, leaks, what is logged and shown of it.
 * Knows {@code connection}, {@code content}, {@code replay} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.exchange;

import org.jspecify.annotations.NullMarked;
