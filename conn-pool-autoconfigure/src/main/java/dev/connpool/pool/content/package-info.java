/**
 * Decoding the content of responses. Knows none of the others.
 */
@NullMarked
package dev.connpool.pool.content;

import org.jspecify.annotations.NullMarked;
