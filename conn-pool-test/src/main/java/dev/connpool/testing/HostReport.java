package dev.connpool.testing;

import java.util.Map;

import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.HostSnapshot.Connections;
import dev.connpool.snapshot.HostSnapshot.Counters;

/**
 * The counts of a host, for those who read why an assertion failed.
 */
final class HostReport {

	private HostReport() {
	}

	static String of(HostSnapshot host) {
		return String.join(System.lineSeparator(), now(host), connections(host.connections()),
				counters(host.counters()));
	}

	private static String now(HostSnapshot host) {
		return "  protocol %s, %d active streams, %d callers waiting".formatted(host.protocol(),
				host.streams().active(), host.pendingAcquires());
	}

	private static String connections(Connections now) {
		return "  open %d: %d connecting, %d handshaking, %d active, %d idle, %d probing, %d draining".formatted(
				now.total(), now.connecting(), now.handshaking(), now.active(), now.idle(), now.probing(),
				now.draining());
	}

	private static String counters(Counters so) {
		return "  so far opened %d, closed %d%s, acquired %d, reused %d, handshakes %d, replayed%s".formatted(
				so.opened(), so.closed(), reasons(so.closedByReason()), so.acquired(), so.reused(), so.handshakes(),
				so.replaysByReason().isEmpty() ? " 0" : reasons(so.replaysByReason()));
	}

	private static String reasons(Map<String, Long> counts) {
		return counts.isEmpty() ? "" : " " + counts;
	}

}
