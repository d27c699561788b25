/**
 * What runs for each request of a {@code WebClient}, and of a {@code RestClient} on
 * Reactor Netty. Types are public here for the auto-configuration alone, and are no
 * public API.
 */
@NullMarked
package dev.connpool.connector;

import org.jspecify.annotations.NullMarked;
