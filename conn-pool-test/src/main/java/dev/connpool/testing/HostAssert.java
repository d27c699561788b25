package dev.connpool.testing;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.ToLongFunction;

import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.web.ConnPoolClient;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions about the connections of a client to one host. Each looks at the client
 * anew. What is counted is counted since the client first knew the host.
 */
public final class HostAssert extends AbstractAssert<HostAssert, ConnPoolClient> {

	private final String host;

	private Patience patience;

	HostAssert(ConnPoolClient actual, String host, Patience patience) {
		super(actual, HostAssert.class);
		this.host = host;
		this.patience = patience;
		this.patience.untilAsserted(this::snapshot);
	}

	/**
	 * Give each assertion that follows five seconds to become true.
	 * @return this
	 */
	public HostAssert eventually() {
		this.patience = Patience.USUAL;
		return this;
	}

	/**
	 * Give each assertion that follows some time to become true.
	 * @param atMost how long each assertion may take
	 * @return this
	 */
	public HostAssert eventually(Duration atMost) {
		this.patience = new Patience(atMost);
		return this;
	}

	/**
	 * Assert how many connections were begun so far.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert opened(long expected) {
		return count("opened", expected, (host) -> host.counters().opened());
	}

	/**
	 * Assert how many connections ended so far, for whatever reason.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert closed(long expected) {
		return count("closed", expected, (host) -> host.counters().closed());
	}

	/**
	 * Assert how many connections ended for a reason so far, such as
	 * {@code idle-timeout}.
	 * @param reason the reason
	 * @param expected the number
	 * @return this
	 */
	public HostAssert closedFor(String reason, long expected) {
		Reasons.CLOSED.require(reason);
		return count("closed for " + reason, expected,
				(host) -> host.counters().closedByReason().getOrDefault(reason, 0L));
	}

	/**
	 * Assert how many times a request was given a connection so far.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert acquired(long expected) {
		return count("acquired", expected, (host) -> host.counters().acquired());
	}

	/**
	 * Assert how many times a request was given a connection that had served another.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert reused(long expected) {
		return count("reused", expected, (host) -> host.counters().reused());
	}

	/**
	 * Assert how many TLS handshakes succeeded so far.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert handshakes(long expected) {
		return count("handshakes", expected, (host) -> host.counters().handshakes());
	}

	/**
	 * Assert how many requests were sent again for a reason so far, such as
	 * {@code goaway}.
	 * @param reason the reason
	 * @param expected the number
	 * @return this
	 */
	public HostAssert replayed(String reason, long expected) {
		Reasons.REPLAYED.require(reason);
		return count("replayed for " + reason, expected,
				(host) -> host.counters().replaysByReason().getOrDefault(reason, 0L));
	}

	/**
	 * Assert how many connections there are now, in whatever state.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert open(long expected) {
		return count("open", expected, (host) -> host.connections().total());
	}

	/**
	 * Assert how many connections are in use now.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert active(long expected) {
		return count("active", expected, (host) -> host.connections().active());
	}

	/**
	 * Assert how many connections are open and unused now.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert idle(long expected) {
		return count("idle", expected, (host) -> host.connections().idle());
	}

	/**
	 * Assert how many connections are given out no more and wait for their exchanges to
	 * end.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert draining(long expected) {
		return count("draining", expected, (host) -> host.connections().draining());
	}

	/**
	 * Assert how many HTTP/2 streams are open now.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert activeStreams(long expected) {
		return count("active streams", expected, (host) -> host.streams().active());
	}

	/**
	 * Assert how many callers wait for a connection now.
	 * @param expected the number
	 * @return this
	 */
	public HostAssert waiting(long expected) {
		return count("waiting", expected, (host) -> host.pendingAcquires());
	}

	/**
	 * Assert what is spoken with the host.
	 * @param expected {@code http/1.1}, {@code h2} or {@code h2c}
	 * @return this
	 */
	public HostAssert protocol(String expected) {
		this.patience.untilAsserted(() -> {
			HostSnapshot now = snapshot();
			if (!expected.equals(now.protocol())) {
				fail("protocol", expected, now.protocol(), now);
			}
		});
		return this;
	}

	private HostAssert count(String what, long expected, ToLongFunction<HostSnapshot> count) {
		this.patience.untilAsserted(() -> {
			HostSnapshot now = snapshot();
			long number = count.applyAsLong(now);
			if (number != expected) {
				fail(what, expected, number, now);
			}
		});
		return this;
	}

	private void fail(String what, Object expected, @Nullable Object found, HostSnapshot now) {
		failWithMessage("Expected of client '%s', host %s: %s %s, but it was %s:%n%s", this.actual.name(), this.host,
				what, expected, found, HostReport.of(now));
	}

	private HostSnapshot snapshot() {
		Map<String, HostSnapshot> hosts = this.actual.snapshot().hosts();
		if (!hosts.containsKey(this.host)) {
			failWithMessage("Client '%s' does not know the host %s, it knows %s", this.actual.name(), this.host,
					hosts.isEmpty() ? "none: it has sent no request"
							: String.join(", ", new TreeSet<>(hosts.keySet())));
		}
		return Objects.requireNonNull(hosts.get(this.host));
	}

}
