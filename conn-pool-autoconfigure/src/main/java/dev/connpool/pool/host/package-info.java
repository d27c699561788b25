/**
 * What is true of one host: its settings, its key, its TLS context, what goes wrong with
 * it and what happens with it. Knows {@code memory}.
 */
@NullMarked
package dev.connpool.pool.host;

import org.jspecify.annotations.NullMarked;
