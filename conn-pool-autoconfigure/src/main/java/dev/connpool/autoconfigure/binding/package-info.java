/**
 * Properties turned into settings. Types are public here for the auto-configuration
 * alone, and are no public API.
 */
@NullMarked
package dev.connpool.autoconfigure.binding;

import org.jspecify.annotations.NullMarked;
