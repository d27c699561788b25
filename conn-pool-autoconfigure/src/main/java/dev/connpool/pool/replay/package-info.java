/**
 * Whether a request may be sent again. Knows {@code host}.
 */
@NullMarked
package dev.connpool.pool.replay;

import org.jspecify.annotations.NullMarked;
