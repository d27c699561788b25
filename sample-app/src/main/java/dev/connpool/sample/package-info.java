/**
 * The application: starts the backend and the labs, and answers over HTTP.
 */
@NullMarked
package dev.connpool.sample;

import org.jspecify.annotations.NullMarked;
