/**
 * What is remembered of hosts: how long requests took, how they failed, and since when.
 * Knows none of the others.
 */
@NullMarked
package dev.connpool.pool.memory;

import org.jspecify.annotations.NullMarked;
