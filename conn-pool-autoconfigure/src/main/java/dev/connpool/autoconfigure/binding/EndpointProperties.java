package dev.connpool.autoconfigure.binding;

import java.time.Duration;

import dev.connpool.settings.EndpointSettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about the memory of the endpoint.
 *
 * @param history Time for which the endpoint remembers how hosts were, at most 1h. 0
 * means not to remember it.
 * @param events Number of events of each host that the endpoint remembers.
 */
record EndpointProperties(@Nullable Duration history, @Nullable Integer events) {

	EndpointSettings over(EndpointSettings base) {
		return new EndpointSettings(Absent.or(this.history, base.history()), Absent.or(this.events, base.events()));
	}

}
