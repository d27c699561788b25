package dev.connpool.metrics;

import java.util.function.Supplier;

import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;

/**
 * A client that is looked at whenever its gauges are read.
 *
 * @param name the client name
 * @param settings the settings of the client, as they are now
 * @param snapshot looks at the client, without listing its connections
 */
public record MeteredClient(String name, Supplier<ClientSettings> settings, Supplier<ClientSnapshot> snapshot) {
}
