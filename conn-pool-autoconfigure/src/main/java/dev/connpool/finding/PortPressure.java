package dev.connpool.finding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

import dev.connpool.snapshot.HostSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Notices that connections are closed so fast that local ports run out: whoever closes
 * first keeps its port for a minute (TIME_WAIT, RFC 9293, section 3.4.2).
 */
final class PortPressure implements Rule.HostCheck {

	private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");

	/** What Linux has unless it is changed. */
	private static final int USUAL = 28_232;

	private static final int TIME_WAIT_SECONDS = 60;

	private static final double MUCH = 0.5;

	/** What the server, an operator or a change does, or what never was a connection. */
	private static final Set<String> EXEMPT = Set.of("peer-closed", "peer-reset", "goaway", "connect-error",
			"tls-error", "drained", "idle-closed", "address-removed", "superseded", "evicted", "shutdown");

	private final int ports;

	PortPressure() {
		this(localPorts());
	}

	PortPressure(int ports) {
		this.ports = ports;
	}

	@Override
	public @Nullable String check(HostEvidence host) {
		long before = closed(host.before());
		long meanwhile = closed(host.now()) - before;
		double perSecond = meanwhile / seconds(host.period());
		double waiting = perSecond * TIME_WAIT_SECONDS;
		boolean goesOn = before >= meanwhile;
		if (!goesOn || waiting < MUCH * this.ports) {
			return null;
		}
		return "%.0f connections are closed each second, and each keeps its local port for %d s: %.0f of %d ports. Let connections be used again: %s, %s, HTTP/2."
			.formatted(perSecond, TIME_WAIT_SECONDS, waiting, this.ports, host.property("pool.keep-alive"),
					host.property("pool.max-idle-connections-per-host"));
	}

	private static long closed(HostSnapshot host) {
		return host.counters()
			.closedByReason()
			.entrySet()
			.stream()
			.filter((reason) -> !EXEMPT.contains(reason.getKey()))
			.mapToLong((reason) -> reason.getValue())
			.sum();
	}

	private static double seconds(Duration period) {
		return period.toNanos() / 1e9;
	}

	private static int localPorts() {
		try {
			String[] range = Files.readString(RANGE).strip().split("\\s+", 2);
			return Integer.parseInt(range[1]) - Integer.parseInt(range[0]) + 1;
		}
		catch (IOException | RuntimeException ex) {
			return USUAL;
		}
	}

}
