/**
 * What Reactor Netty needs in order to get its connections here. Knows all others.
 */
@NullMarked
package dev.connpool.pool.reactor;

import org.jspecify.annotations.NullMarked;
