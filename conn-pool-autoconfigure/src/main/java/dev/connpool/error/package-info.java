/**
 * What can go wrong with a request, named so that a caller can tell and a person can act.
 */
@NullMarked
package dev.connpool.error;

import org.jspecify.annotations.NullMarked;
