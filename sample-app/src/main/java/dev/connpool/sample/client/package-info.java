/**
 * The two clients that the labs compare.
 */
@NullMarked
package dev.connpool.sample.client;

import org.jspecify.annotations.NullMarked;
