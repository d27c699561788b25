/**
 * A server in the same process that counts what reaches its sockets.
 */
@NullMarked
package dev.connpool.sample.backend;

import org.jspecify.annotations.NullMarked;
