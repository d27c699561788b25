/**
 * Told what connections do, as they do it.
 */
@NullMarked
package dev.connpool.listener;

import org.jspecify.annotations.NullMarked;
