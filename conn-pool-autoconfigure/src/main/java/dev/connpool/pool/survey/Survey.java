package dev.connpool.pool.survey;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.connpool.pool.acquire.HostPool;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.exchange.ClientExchanges;
import dev.connpool.pool.host.RecentlyClosed;
import dev.connpool.pool.memory.AddressMemory;
import dev.connpool.pool.memory.ClientMemory;
import dev.connpool.pool.memory.HostMemory;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostSnapshot;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A look at all connections and streams of a client. Each event loop reads its own, in
 * one task, and what does not answer in time is left out.
 */
public final class Survey {

	private static final Duration PATIENCE = Duration.ofMillis(500);

	private final String client;

	private final List<Protocol> protocols;

	private final Collection<HostPool> pools;

	private final ClientExchanges exchanges;

	private final RecentlyClosed recentlyClosed;

	private final @Nullable String only;

	/**
	 * Create a survey.
	 * @param client the client name
	 * @param protocols the protocols to speak
	 * @param pools the pools of all hosts, as they come and go
	 * @param exchanges the exchanges in flight
	 * @param recentlyClosed what is remembered of connections that are closed
	 * @param only the id of the one connection to list, with all its exchanges, or
	 * {@code null} to list all connections
	 */
	public Survey(String client, List<Protocol> protocols, Collection<HostPool> pools, ClientExchanges exchanges,
			RecentlyClosed recentlyClosed, @Nullable String only) {
		this.client = client;
		this.protocols = protocols;
		this.pools = pools;
		this.exchanges = exchanges;
		this.recentlyClosed = recentlyClosed;
		this.only = only;
	}

	/**
	 * Look at all there is.
	 * @return how it is, marked as partial if an event loop did not answer in time
	 */
	public Mono<ClientSnapshot> take() {
		return Mono.defer(() -> take(wanted()));
	}

	private Mono<ClientSnapshot> take(Collection<HostPool> hosts) {
		List<EventLoop> eventLoops = List.copyOf(this.exchanges.eventLoops());
		return Flux.fromIterable(eventLoops)
			.flatMap((eventLoop) -> ask(eventLoop, hosts).timeout(PATIENCE).onErrorComplete())
			.collectList()
			.map((surveys) -> combine(hosts, surveys, surveys.size() < eventLoops.size()));
	}

	// One connection may be anybody's
	private Collection<HostPool> wanted() {
		Collection<HostPool> all = this.pools;
		if (this.only != null || all.size() <= ClientSnapshot.MOST_HOSTS) {
			return all;
		}
		Set<String> wanted = count().limit(ClientSnapshot.MOST_HOSTS).hosts().keySet();
		return all.stream().filter((host) -> wanted.contains(host.host().origin())).toList();
	}

	/**
	 * Count the connections of all hosts, without asking their event loops.
	 * @return how they are now
	 */
	public ClientSnapshot count() {
		Map<String, HostSnapshot> hosts = new TreeMap<>();
		this.pools.forEach((host) -> hosts.merge(host.host().origin(), count(host), HostSnapshot::plus));
		List<String> protocols = this.protocols.stream().map(Protocol::id).toList();
		return new ClientSnapshot(this.client, protocols, hosts, this.recentlyClosed.latestFirst(), false);
	}

	/**
	 * Remember how it is.
	 * @param now what was counted
	 * @param memory what remembers it
	 */
	public void remember(ClientSnapshot now, ClientMemory memory) {
		Map<HostMemory, Set<SocketAddress>> open = new HashMap<>();
		for (HostPool host : this.pools) {
			Set<SocketAddress> addresses = open.computeIfAbsent(host.events().memory(), (first) -> new HashSet<>());
			host.connections().forEach((connection) -> addresses.add(connection.channel().remoteAddress()));
		}
		memory.remember(now, open);
	}

	/**
	 * Return how hosts were.
	 * @param longest for how long
	 * @return the history of those of which one is kept
	 */
	public Map<String, HostHistory> history(Duration longest) {
		Map<String, HostHistory> histories = new TreeMap<>();
		for (HostPool host : this.pools) {
			HostHistory history = host.events().memory().history(longest);
			if (history != null) {
				histories.put(host.host().origin(), history);
			}
		}
		return histories;
	}

	private static HostSnapshot count(HostPool host) {
		Map<ConnectionSnapshot.State, Integer> states = new EnumMap<>(ConnectionSnapshot.State.class);
		host.dials().underWay().forEach((dial) -> states.merge(dial.state(), 1, Integer::sum));
		host.connections().forEach((connection) -> states.merge(connection.snapshotState(), 1, Integer::sum));
		int active = 0;
		long limit = 0;
		for (Session session : host.sessions()) {
			active += session.active();
			limit += session.limit();
		}
		Protocol protocol = host.dials().negotiated();
		Proxy proxy = host.host().proxy();
		HostMemory memory = host.events().memory();
		return new HostSnapshot((protocol != null) ? protocol.id() : null, (proxy != null) ? proxy.toString() : null,
				host.key().generation(), HostSnapshot.Connections.of(states), new HostSnapshot.Streams(active, limit),
				addresses(host), pools(host), host.pendingAcquires().published(), host.pendingAcquires().longestWait(),
				host.idleLimit().learned(), host.events().counters().leaking(), host.events().counters().snapshot(),
				memory.latency(), memory.errors(), memory.certificate(), null, 0);
	}

	private static List<HostSnapshot.Address> addresses(HostPool host) {
		Map<SocketAddress, HostSnapshot.Address> addresses = new LinkedHashMap<>();
		host.addresses().known().forEach((known) -> addresses.put(known, address(host, known)));
		for (PooledConnection connection : host.connections()) {
			SocketAddress remote = connection.channel().remoteAddress();
			if (remote != null && connection.isOpen()) {
				Session session = connection.session();
				int streams = session.isShared() ? session.active() : 0;
				addresses.computeIfPresent(remote,
						(same, address) -> new HostSnapshot.Address(address.address(), address.connections() + 1,
								address.streams() + streams, address.requests(), address.failed(), address.headers()));
			}
		}
		return List.copyOf(addresses.values());
	}

	private static HostSnapshot.Address address(HostPool host, InetSocketAddress address) {
		AddressMemory.Requests requests = host.events().memory().requests(address);
		return (requests != null)
				? new HostSnapshot.Address(text(address), 0, 0, requests.begun(), requests.failed(), requests.headers())
				: new HostSnapshot.Address(text(address), 0, 0, 0, 0, null);
	}

	private static String text(InetSocketAddress address) {
		return Objects.requireNonNullElse(ConnectionRecord.text(address), "");
	}

	private static int pools(HostPool host) {
		return host.connections().stream().anyMatch(PooledConnection::isOpen) ? 1 : 0;
	}

	private Mono<EventLoopSurvey> ask(EventLoop eventLoop, Collection<HostPool> hosts) {
		return Mono.create((sink) -> eventLoop.execute(
				() -> sink.success(EventLoopSurvey.of(hosts, this.exchanges.on(eventLoop), eventLoop, this.only))));
	}

	private ClientSnapshot combine(Collection<HostPool> wanted, List<EventLoopSurvey> surveys, boolean partial) {
		List<EventLoopSurvey> all = new ArrayList<>(surveys);
		all.add(EventLoopSurvey.ofUnseenDials(wanted, surveys, this.only));
		ClientSnapshot summary = count();
		Set<String> origins = wanted.stream().map((host) -> host.host().origin()).collect(Collectors.toSet());
		Map<String, HostSnapshot> hosts = new TreeMap<>();
		summary.hosts().forEach((origin, host) -> {
			if (origins.contains(origin)) {
				hosts.put(origin, combine(origin, host, all));
			}
		});
		return new ClientSnapshot(summary.client(), summary.protocols(), hosts, summary.hosts().size() - hosts.size(),
				summary.recentlyClosed(), partial);
	}

	private static HostSnapshot combine(String origin, HostSnapshot host, List<EventLoopSurvey> surveys) {
		List<ConnectionSnapshot> list = new ArrayList<>();
		surveys.forEach((survey) -> list.addAll(survey.connections(origin)));
		int shown = Math.min(list.size(), EventLoopSurvey.CONNECTIONS_PER_HOST);
		int omitted = surveys.stream().mapToInt((survey) -> survey.omitted(origin)).sum();
		return host.with(List.copyOf(list.subList(0, shown)), list.size() - shown + omitted);
	}

}
