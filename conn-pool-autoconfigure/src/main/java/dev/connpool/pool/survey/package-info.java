/**
 * What it all looks like now. Knows {@code acquire}, {@code exchange}, {@code dial},
 * {@code connection} and {@code host}.
 */
@NullMarked
package dev.connpool.pool.survey;

import org.jspecify.annotations.NullMarked;
