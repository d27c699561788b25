/**
 * HTTP/1.1 (RFC 9112). Knows {@code connection} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.http1;

import org.jspecify.annotations.NullMarked;
