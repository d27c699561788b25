/**
 * HTTP/2 (RFC 9113). Knows {@code connection} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.http2;

import org.jspecify.annotations.NullMarked;
