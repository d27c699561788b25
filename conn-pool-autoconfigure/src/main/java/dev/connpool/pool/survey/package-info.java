/**
 * What it all looks like now.
 */
@NullMarked
package dev.connpool.pool.survey;

import org.jspecify.annotations.NullMarked;
