package dev.connpool.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.connpool.settings.Protocol;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.channel.EventLoop;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A look at all connections and streams of a client. Each event loop reads its own, in
 * one task, and what does not answer in time is left out.
 */
final class Survey {

	private static final Duration PATIENCE = Duration.ofMillis(500);

	private static final int CONNECTIONS_PER_HOST = 500;

	private static final int STREAMS_PER_CONNECTION = 200;

	private static final int STREAMS_PER_EVENT_LOOP = 5_000;

	private final ConnectionPool pool;

	Survey(ConnectionPool pool) {
		this.pool = pool;
	}

	Mono<ClientSnapshot> take() {
		return Flux.fromIterable(List.copyOf(this.pool.eventLoops()))
			.flatMap((eventLoop) -> ask(eventLoop).timeout(PATIENCE).onErrorReturn(Sighting.NONE))
			.collectList()
			.map(this::combine);
	}

	/**
	 * Count the connections of all hosts, without asking their event loops.
	 * @return how they are now
	 */
	ClientSnapshot count() {
		Map<String, HostSnapshot> hosts = new TreeMap<>();
		this.pool.hosts().forEach((host) -> hosts.merge(host.host().origin(), count(host), HostSnapshot::plus));
		List<String> protocols = this.pool.settings().protocols().stream().map(Protocol::id).toList();
		return new ClientSnapshot(this.pool.name(), protocols, hosts, this.pool.recentlyClosed().latestFirst(), false);
	}

	private static HostSnapshot count(HostPool host) {
		Map<ConnectionSnapshot.State, Integer> states = new EnumMap<>(ConnectionSnapshot.State.class);
		host.dials().underWay().forEach((dial) -> states.merge(dial.state(), 1, Integer::sum));
		host.connections().forEach((connection) -> states.merge(connection.state(), 1, Integer::sum));
		int active = 0;
		long limit = 0;
		for (Http2Session session : host.sessions()) {
			active += session.activeStreams();
			limit += session.limit();
		}
		Protocol protocol = host.dials().negotiated();
		return new HostSnapshot((protocol != null) ? protocol.id() : null, HostSnapshot.Connections.of(states),
				new HostSnapshot.Streams(active, limit), host.waiters().published(), host.counters().snapshot(), null,
				0);
	}

	private Mono<Sighting> ask(EventLoop eventLoop) {
		return Mono.create((sink) -> eventLoop.execute(() -> sink.success(look(eventLoop))));
	}

	private ClientSnapshot combine(List<Sighting> sightings) {
		ClientSnapshot summary = count();
		Map<String, HostSnapshot> hosts = new TreeMap<>();
		summary.hosts().forEach((origin, host) -> {
			List<ConnectionSnapshot> list = new ArrayList<>();
			sightings.forEach((found) -> list.addAll(found.connections.getOrDefault(origin, List.of())));
			int shown = Math.min(list.size(), CONNECTIONS_PER_HOST);
			hosts.put(origin, new HostSnapshot(host.protocol(), host.connections(), host.streams(),
					host.pendingAcquires(), host.counters(), List.copyOf(list.subList(0, shown)), list.size() - shown));
		});
		return new ClientSnapshot(summary.client(), summary.protocols(), hosts, summary.recentlyClosed(),
				sightings.contains(Sighting.NONE));
	}

	// On the event loop

	private Sighting look(EventLoop eventLoop) {
		Map<PooledConnection, List<Exchange>> exchanges = exchanges(eventLoop);
		Sighting sightings = new Sighting(new HashMap<>());
		for (HostPool host : this.pool.hosts()) {
			for (Dial dial : host.dials().underWay()) {
				PooledConnection connection = dial.connection();
				if (connection != null) {
					sightings.add(eventLoop, host, connection, dial.state(), List.of());
				}
			}
			for (PooledConnection connection : host.connections()) {
				sightings.add(eventLoop, host, connection, connection.state(),
						exchanges.getOrDefault(connection, List.of()));
			}
		}
		return sightings;
	}

	private Map<PooledConnection, List<Exchange>> exchanges(EventLoop eventLoop) {
		Map<PooledConnection, List<Exchange>> exchanges = new HashMap<>();
		Exchange exchange = this.pool.inFlight(eventLoop).first();
		for (int seen = 0; exchange != null && seen < STREAMS_PER_EVENT_LOOP; seen++) {
			PooledConnection connection = exchange.connection();
			if (connection != null) {
				exchanges.computeIfAbsent(connection, (absent) -> new ArrayList<>()).add(exchange);
			}
			exchange = exchange.next;
		}
		return exchanges;
	}

	private static ConnectionSnapshot snapshot(PooledConnection connection, ConnectionSnapshot.State state,
			List<Exchange> exchanges) {
		ConnectionRecord record = connection.record();
		Http2Session session = connection.http2();
		int inFlight = (session != null) ? session.activeStreams() : exchanges.size();
		List<StreamSnapshot> streams = exchanges.stream()
			.limit(STREAMS_PER_CONNECTION)
			.map(Exchange::snapshot)
			.toList();
		long idleSince = connection.idleSince();
		Duration idleFor = (idleSince != 0) ? Duration.ofNanos(Math.max(0, System.nanoTime() - idleSince)) : null;
		return new ConnectionSnapshot(record.id(), (record.protocol() != null) ? record.protocol().id() : null, state,
				record.localAddress(), record.remoteAddress(), record.tls(), record.openedAt(), record.age(), idleFor,
				record.exchanges(), record.bytesSent(), record.bytesReceived(), record.phases(),
				(session != null) ? session.snapshot() : null, streams, Math.max(0, inFlight - streams.size()));
	}

	/**
	 * What one event loop found, by host.
	 */
	private static final class Sighting {

		/** What an event loop found that did not answer. */
		static final Sighting NONE = new Sighting(Map.of());

		private final Map<String, List<ConnectionSnapshot>> connections;

		private Sighting(Map<String, List<ConnectionSnapshot>> connections) {
			this.connections = connections;
		}

		void add(EventLoop eventLoop, HostPool host, PooledConnection connection, ConnectionSnapshot.State state,
				List<Exchange> exchanges) {
			if (connection.channel().eventLoop() == eventLoop) {
				this.connections.computeIfAbsent(host.host().origin(), (absent) -> new ArrayList<>())
					.add(snapshot(connection, state, exchanges));
			}
		}

	}

}
