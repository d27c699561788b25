/**
 * What runs for each request of a {@code RestClient} or a {@code RestTemplate} on the
 * direct transport. The thread that makes a call waits for it, and does what is to be
 * done for it but for what happens on the connection.
 */
@NullMarked
package dev.connpool.blocking;

import org.jspecify.annotations.NullMarked;
