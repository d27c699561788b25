package dev.connpool.autoconfigure.binding;

import java.time.Duration;

import dev.connpool.settings.DnsSettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about names.
 *
 * @param refreshInterval Time after which the name of a host with connections is looked
 * up again. 0 follows the time to live of the answer.
 * @param drainRemovedAddresses Whether to drain connections to addresses that are missing
 * from a new answer.
 */
record DnsProperties(@Nullable Duration refreshInterval, @Nullable Boolean drainRemovedAddresses) {

	DnsSettings over(DnsSettings base) {
		return new DnsSettings(Absent.or(this.refreshInterval, base.refreshInterval()),
				Absent.or(this.drainRemovedAddresses, base.drainRemovedAddresses()));
	}

}
