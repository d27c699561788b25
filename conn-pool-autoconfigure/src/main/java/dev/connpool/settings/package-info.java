/**
 * What a client is told to be: immutable values that validate themselves. No Spring, no
 * Netty.
 */
@NullMarked
package dev.connpool.settings;

import org.jspecify.annotations.NullMarked;
