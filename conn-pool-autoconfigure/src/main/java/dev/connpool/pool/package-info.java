/**
 * Connections to hosts: opened when needed, shared, bounded, closed in time.
 */
@NullMarked
package dev.connpool.pool;

import org.jspecify.annotations.NullMarked;
