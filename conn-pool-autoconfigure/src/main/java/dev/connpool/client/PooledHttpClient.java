package dev.connpool.client;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

import dev.connpool.listener.ConnectionListeners;
import dev.connpool.pool.ConnectionPool;
import dev.connpool.pool.host.ReloadableSslContext;
import dev.connpool.pool.reactor.ReactorConnectionProvider;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostHistory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * One named client: its settings, its connections, and Reactor Netty's {@link HttpClient}
 * on them. Creating one opens no socket. Safe for use by many threads.
 */
public final class PooledHttpClient {

	private final ConnectionPool pool;

	private final ReactorConnectionProvider connections;

	private final @Nullable LoopResources loops;

	private final ReloadableSslContext tls;

	private final HttpClient httpClient;

	/** What was made for this client. */
	private final Set<ReloadableSslContext> contexts = Collections
		.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

	/**
	 * Create a client.
	 * @param name the client name
	 * @param settings the settings
	 * @param tls what the client proves and trusts
	 * @param loops the event loops to run on, or {@code null} for those that Reactor
	 * Netty makes when they are needed
	 */
	public PooledHttpClient(String name, ClientSettings settings, TlsMaterial tls, @Nullable LoopResources loops) {
		this(name, settings, tls, loops, ConnectionListeners.NONE);
	}

	/**
	 * Create a client that tells what its connections do.
	 * @param name the client name
	 * @param settings the settings
	 * @param tls what the client proves and trusts
	 * @param loops the event loops to run on, or {@code null} for those that Reactor
	 * Netty makes when they are needed
	 * @param listeners told what the connections do
	 */
	public PooledHttpClient(String name, ClientSettings settings, TlsMaterial tls, @Nullable LoopResources loops,
			ConnectionListeners listeners) {
		this.pool = new ConnectionPool(name, settings, listeners);
		this.connections = new ReactorConnectionProvider(this.pool);
		this.loops = loops;
		this.tls = context(tls);
		this.httpClient = HttpClients.create(this.connections, settings, this.tls, loops);
	}

	/**
	 * Return the client name.
	 * @return the name
	 */
	public String name() {
		return this.pool.name();
	}

	/**
	 * Return the settings.
	 * @return the settings
	 */
	public ClientSettings settings() {
		return this.pool.settings();
	}

	/**
	 * Return Reactor Netty's client. What is changed on a copy of it, such as a handler
	 * or a socket option, gets connections of its own; {@code protocol(…)} must not be
	 * changed.
	 * @return the client
	 */
	public HttpClient httpClient() {
		return this.httpClient;
	}

	/**
	 * Return a client like this one that proves and trusts something else. It shares no
	 * connections with this one, but its lifecycle and its limit of idle connections.
	 * @param tls what to prove and trust
	 * @return a new client
	 */
	public HttpClient httpClient(TlsMaterial tls) {
		return HttpClients.create(this.connections, settings(), context(tls), this.loops);
	}

	private ReloadableSslContext context(TlsMaterial material) {
		ReloadableSslContext context = new ReloadableSslContext(this::settings, material::sslContext);
		this.contexts.add(context);
		if (material.isChosen()) {
			// What was chosen may be unusable, which should be known now.
			context.prepare(settings().protocols());
		}
		return context;
	}

	/**
	 * Make what the first connection needs and takes long to make, so that no event loop
	 * has to: to read the JDK's trust store takes longer than all else that a client does
	 * when it is created. Returns at once; a connection that is opened meanwhile waits
	 * for it.
	 */
	public void warmUp() {
		List.copyOf(this.contexts).forEach(ReloadableSslContext::makeReady);
	}

	/**
	 * Prove and trust something else from now on, on {@link #httpClient()} and all copies
	 * of it. New requests use new connections; those that are open are drained.
	 * @param tls what to prove and trust
	 * @return the generation of the connections from now on, one more than before
	 * @throws IllegalArgumentException if the material cannot be used; all stays as it
	 * was
	 */
	public synchronized int reload(TlsMaterial tls) {
		int generation = this.tls.reload(tls::sslContext);
		this.pool.supersede();
		return generation;
	}

	/**
	 * Follow other settings from now on, on {@link #httpClient()} and all copies of it.
	 * Requests that wait for a connection do too; the connections that are open are
	 * drained.
	 * @param settings the settings
	 * @return the generation of the settings from now on, one more than before
	 * @throws InvalidSettingException if something differs that is fixed when a client is
	 * created; all stays as it was
	 */
	public synchronized int reload(ClientSettings settings) {
		FixedSettings.check(settings(), settings);
		List.copyOf(this.contexts).forEach((context) -> context.prepare(settings.protocols()));
		return this.pool.change(settings);
	}

	/**
	 * Check that {@link #reload(ClientSettings)} will accept settings.
	 * @param settings the settings
	 * @throws InvalidSettingException if something differs that is fixed when a client is
	 * created
	 */
	public void check(ClientSettings settings) {
		FixedSettings.check(settings(), settings);
	}

	/**
	 * Open as many connections to a host beforehand as {@code pool.min-idle-connections}
	 * says, and keep them.
	 * @param httpClient {@link #httpClient()}, or what was made of it
	 * @param origin the host as {@code scheme://host:port}
	 * @return begins when subscribed to, and completes when the connections are open, or
	 * one could not be opened; that is tried again until the client is shut down
	 */
	public Mono<Void> prepare(HttpClient httpClient, String origin) {
		return this.connections.prepare(httpClient.get().uri(origin).response());
	}

	/**
	 * Count the connections, without listing them. Costs time in proportion to the open
	 * connections, on the calling thread.
	 * @return how they are now
	 */
	public ClientSnapshot snapshot() {
		return this.pool.snapshot();
	}

	/**
	 * Count the connections, and remember how they are. To be called each ten seconds.
	 * @return how they are now
	 */
	public ClientSnapshot remember() {
		return this.pool.remember();
	}

	/**
	 * Return how hosts were.
	 * @param longest for how long, at most an hour
	 * @return the history of those of which one is kept, by {@code scheme://host:port}
	 */
	public Map<String, HostHistory> history(Duration longest) {
		return this.pool.history(longest);
	}

	/**
	 * List the connections and their exchanges. Each event loop reads its own, which
	 * takes it well under a millisecond for a hundred connections; the lists are cut at a
	 * bound.
	 * @return how they are now, within half a second; marked as partial if an event loop
	 * did not answer by then
	 */
	public Mono<ClientSnapshot> survey() {
		return this.pool.survey();
	}

	/**
	 * List one connection with all its exchanges, however many there are.
	 * @param connection the connection id
	 * @return how it is now, in the list of its host; in none if there is no such
	 * connection
	 */
	public Mono<ClientSnapshot> survey(String connection) {
		return this.pool.survey(connection);
	}

	/**
	 * Close every idle connection; those in use are left alone
	 * ({@code CloseIdleConnections} in Go). Returns at once.
	 */
	public void closeIdle() {
		this.pool.closeIdle();
	}

	/**
	 * Close every idle connection to one host; those in use are left alone. Returns at
	 * once.
	 * @param host the host as {@code scheme://host:port}
	 * @throws IllegalArgumentException if there has been no request to that host
	 */
	public void closeIdle(String host) {
		this.pool.closeIdle(host);
	}

	/**
	 * Use the present connections to one host no more and close each when its exchanges
	 * have ended. Later requests open new ones. Returns at once.
	 * @param host the host as {@code scheme://host:port}
	 * @throws IllegalArgumentException if there has been no request to that host
	 */
	public void drain(String host) {
		this.pool.drain(host);
	}

	/**
	 * Refuse new requests, close idle connections, and close each other one when its
	 * exchanges have ended. Begins at once, subscribed or not.
	 * @return completes when no connection is left
	 */
	public Mono<Void> shutdown() {
		return this.pool.shutDown();
	}

	/**
	 * Shut down without waiting for exchanges. Returns at once.
	 */
	public void close() {
		this.pool.close();
	}

}
