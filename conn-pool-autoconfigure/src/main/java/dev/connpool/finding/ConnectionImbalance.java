package dev.connpool.finding;

import java.util.List;
import java.util.stream.Collectors;

import dev.connpool.settings.Durations;
import dev.connpool.snapshot.HostSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the connections over HTTP/2, and so all requests, go to few of the
 * addresses that a host has.
 */
final class ConnectionImbalance implements Rule.HostCheck {

	private static final double FEW = 0.5;

	/** Requests each second that are worth spreading. */
	private static final double MANY = 10;

	private static final int NAMED = 3;

	@Override
	public @Nullable String check(HostEvidence host) {
		List<HostSnapshot.Address> all = host.now().addresses();
		List<HostSnapshot.Address> used = used(host.now());
		long requests = host.now().counters().acquired() - host.before().counters().acquired();
		if (!speaksHttp2(host.now()) || !isPinned(host.before()) || !isPinned(host.now())
				|| requests < MANY * host.period().toNanos() / 1e9) {
			return null;
		}
		String names = used.stream().limit(NAMED).map(HostSnapshot.Address::address).collect(Collectors.joining(", "));
		String evidence = "%d requests over HTTP/2 within %s went to %d of %d addresses (%s%s)".formatted(requests,
				Durations.rounded(host.period()), used.size(), all.size(), names, (used.size() > NAMED) ? ", …" : "");
		int max = host.settings().pool().maxConnectionsPerHost();
		if (!host.settings().http2().spreadAddresses()) {
			return "%s. If each address is an instance of its own, set %s to 'true'.".formatted(evidence,
					host.property("http2.spread-addresses"));
		}
		return (max > 0 && max < all.size()) ? "%s because only %d connections are allowed. Raise %s to %d or more."
			.formatted(evidence, max, host.property("pool.max-connections-per-host"), all.size()) : null;
	}

	private static boolean speaksHttp2(HostSnapshot host) {
		return host.protocol() != null && host.protocol().startsWith("h2");
	}

	private static boolean isPinned(HostSnapshot host) {
		int used = used(host).size();
		return host.addresses().size() > 1 && used > 0 && used <= FEW * host.addresses().size();
	}

	private static List<HostSnapshot.Address> used(HostSnapshot host) {
		return host.addresses().stream().filter((address) -> address.connections() > 0).toList();
	}

}
