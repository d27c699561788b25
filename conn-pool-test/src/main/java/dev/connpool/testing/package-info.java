/**
 * What tests of applications are made of: a server that follows a script over real
 * sockets, and assertions about it and about clients.
 */
@NullMarked
package dev.connpool.testing;

import org.jspecify.annotations.NullMarked;
