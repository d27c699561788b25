/**
 * Servers, right and wrong, that tests talk to over real sockets, and what is needed to
 * look at both ends.
 */
@NullMarked
package dev.connpool.testing;

import org.jspecify.annotations.NullMarked;
