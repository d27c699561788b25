/**
 * Meters about connections and streams, named after OpenTelemetry's semantic conventions
 * for HTTP clients.
 */
@NullMarked
package dev.connpool.metrics;

import org.jspecify.annotations.NullMarked;
