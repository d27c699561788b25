/**
 * How clients looked at one instant: immutable values.
 */
@NullMarked
package dev.connpool.snapshot;

import org.jspecify.annotations.NullMarked;
