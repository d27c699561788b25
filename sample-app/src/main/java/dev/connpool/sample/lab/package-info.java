/**
 * Experiments that prove, on the server's side, what a client does.
 */
@NullMarked
package dev.connpool.sample.lab;

import org.jspecify.annotations.NullMarked;
