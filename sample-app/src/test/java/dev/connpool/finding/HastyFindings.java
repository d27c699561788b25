package dev.connpool.finding;

import java.time.Duration;
import java.util.List;

import dev.connpool.client.PooledHttpClient;

/**
 * Makes what looks at a client, but more often than it does in an application, so that it
 * compares what happened within one lab.
 */
public final class HastyFindings {

	private HastyFindings() {
	}

	public static ClientFindings of(PooledHttpClient client, Duration period) {
		return new ClientFindings(client.name(), client::settings, client::snapshot, client::remember, List::of,
				period);
	}

}
