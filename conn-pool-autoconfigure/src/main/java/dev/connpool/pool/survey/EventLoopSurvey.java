package dev.connpool.pool.survey;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.dial.Dial;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.InFlightExchanges;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The connections and exchanges that one event loop sees, by host. However many there
 * are, it costs and holds a bounded amount.
 */
final class EventLoopSurvey {

	static final int CONNECTIONS_PER_HOST = 500;

	private static final int STREAMS_PER_CONNECTION = 200;

	private static final int STREAMS_PER_EVENT_LOOP = 5_000;

	private final Map<String, List<ConnectionSnapshot>> connections = new HashMap<>();

	private final Map<String, Integer> omitted = new HashMap<>();

	private final Set<Dial> dials = new HashSet<>();

	private final Set<PooledConnection> seen = new HashSet<>();

	private final @Nullable String only;

	private EventLoopSurvey(@Nullable String only) {
		this.only = only;
	}

	/**
	 * Look at what belongs to an event loop. On that event loop.
	 * @param hosts the hosts to look at
	 * @param inFlight the exchanges on the event loop
	 * @param eventLoop the event loop
	 * @param only the id of the one connection to list, with all its exchanges, or
	 * {@code null} to list all connections
	 * @return what there is
	 */
	static EventLoopSurvey of(Collection<HostPool> hosts, InFlightExchanges inFlight, EventLoop eventLoop,
			@Nullable String only) {
		EventLoopSurvey survey = new EventLoopSurvey(only);
		Map<PooledConnection, List<Exchange>> exchanges = survey.exchanges(inFlight);
		for (HostPool host : hosts) {
			for (Dial dial : host.dials().underWay()) {
				PooledConnection connection = dial.connection();
				if (connection != null && connection.channel().eventLoop() == eventLoop) {
					survey.dials.add(dial);
					survey.add(host, connection, dial.state(), List.of());
				}
			}
			for (PooledConnection connection : host.connections()) {
				if (connection.channel().eventLoop() == eventLoop) {
					survey.add(host, connection, connection.snapshotState(),
							exchanges.getOrDefault(connection, List.of()));
				}
			}
		}
		return survey;
	}

	/**
	 * Look at the dials that no event loop has seen: they have no channel yet, or their
	 * event loop does not answer. On any thread.
	 * @param hosts the hosts to look at
	 * @param surveys what event loops have seen
	 * @param only the id of the one dial to list, or {@code null} to list all
	 * @return what is known of them
	 */
	static EventLoopSurvey ofUnseenDials(Collection<HostPool> hosts, List<EventLoopSurvey> surveys,
			@Nullable String only) {
		EventLoopSurvey unseen = new EventLoopSurvey(only);
		for (HostPool host : hosts) {
			for (Dial dial : host.dials().underWay()) {
				if (surveys.stream().noneMatch((survey) -> survey.dials.contains(dial)) && unseen.isWanted(dial.id())
						&& unseen.hasRoom(host.host().origin())) {
					unseen.list(host.host().origin()).add(dial.snapshot());
				}
			}
		}
		return unseen;
	}

	List<ConnectionSnapshot> connections(String origin) {
		return this.connections.getOrDefault(origin, List.of());
	}

	/**
	 * Return how many connections were not listed because there are too many.
	 * @param origin the host
	 * @return the number of connections
	 */
	int omitted(String origin) {
		return this.omitted.getOrDefault(origin, 0);
	}

	private Map<PooledConnection, List<Exchange>> exchanges(InFlightExchanges inFlight) {
		Map<PooledConnection, List<Exchange>> exchanges = new HashMap<>();
		Exchange exchange = inFlight.first();
		for (int kept = 0; exchange != null && (kept < STREAMS_PER_EVENT_LOOP || this.only != null);) {
			PooledConnection connection = exchange.connection();
			if (connection != null && isWanted(connection.record().id())) {
				List<Exchange> list = exchanges.computeIfAbsent(connection, (absent) -> new ArrayList<>());
				if (list.size() < STREAMS_PER_CONNECTION || this.only != null) {
					list.add(exchange);
					kept++;
				}
			}
			exchange = inFlight.next(exchange);
		}
		return exchanges;
	}

	private void add(HostPool host, PooledConnection connection, ConnectionSnapshot.State state,
			List<Exchange> exchanges) {
		// A dial may succeed between looking at the dials and at the connections.
		if (isWanted(connection.record().id()) && this.seen.add(connection) && hasRoom(host.host().origin())) {
			list(host.host().origin()).add(snapshot(connection, state, exchanges));
		}
	}

	private boolean isWanted(String id) {
		return this.only == null || this.only.equals(id);
	}

	private boolean hasRoom(String origin) {
		if (connections(origin).size() < CONNECTIONS_PER_HOST) {
			return true;
		}
		this.omitted.merge(origin, 1, Integer::sum);
		return false;
	}

	private List<ConnectionSnapshot> list(String origin) {
		return this.connections.computeIfAbsent(origin, (absent) -> new ArrayList<>());
	}

	private static ConnectionSnapshot snapshot(PooledConnection connection, ConnectionSnapshot.State state,
			List<Exchange> exchanges) {
		ConnectionRecord record = connection.record();
		Session session = connection.isNegotiated() ? connection.session() : null;
		int inFlight = (session != null) ? session.active() : 0;
		List<StreamSnapshot> streams = exchanges.stream().map(Exchange::snapshot).toList();
		long idleSince = connection.idleSince();
		Duration idleFor = (idleSince != 0) ? Duration.ofNanos(Math.max(0, System.nanoTime() - idleSince)) : null;
		ConnectionSnapshot seen = new ConnectionSnapshot(record.id(),
				(record.protocol() != null) ? record.protocol().id() : null, state, record.localAddress(),
				record.remoteAddress(), record.tls(), record.openedAt(), record.age(), idleFor, record.exchanges(),
				record.bytesSent(), record.bytesReceived(), record.phases(), null, streams,
				Math.max(0, inFlight - streams.size()));
		return (session != null) ? session.fillIn(seen) : seen;
	}

}
