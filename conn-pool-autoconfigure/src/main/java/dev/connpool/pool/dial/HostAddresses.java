package dev.connpool.pool.dial;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.Host;
import io.netty.channel.EventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * The addresses that the name of a host stands for. While the host has connections, the
 * name is looked up again from time to time. Used by the mailbox of the host alone, but
 * for what says so.
 */
public final class HostAddresses {

	/** How many addresses of an answer are kept and dialled. */
	static final int MOST = 64;

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

	private static final Logger log = Loggers.getLogger(HostAddresses.class);

	private final DialOwner owner;

	private final Host host;

	private final NameResolution names;

	private final AddressResolverGroup<?> resolver;

	private final EventLoop eventLoop;

	/** What is looked up, or {@code null} if there is nothing to look up. */
	private final @Nullable InetSocketAddress name;

	private final AtomicInteger turn = new AtomicInteger();

	private volatile List<InetSocketAddress> known = List.of();

	private @Nullable Future<?> timer;

	private boolean failing;

	/**
	 * Create addresses, none known at first.
	 * @param owner who is told what the name stands for
	 * @param names know when an answer expires
	 * @param resolver looks up the name
	 * @param eventLoop where time is measured
	 */
	public HostAddresses(DialOwner owner, NameResolution names, AddressResolverGroup<?> resolver, EventLoop eventLoop) {
		this.owner = owner;
		this.host = owner.host();
		this.names = names;
		this.resolver = resolver;
		this.eventLoop = eventLoop;
		this.name = (this.host.target() instanceof InetSocketAddress inet && inet.isUnresolved()
				&& !NetUtil.isValidIpV4Address(inet.getHostString())
				&& !NetUtil.isValidIpV6Address(inet.getHostString())) ? inet : null;
	}

	/**
	 * Return the addresses, as last known. On any thread.
	 * @return those of the last answer, cut at a bound; none if there is no name
	 */
	public List<InetSocketAddress> known() {
		return this.known;
	}

	AddressResolverGroup<?> resolver() {
		return this.resolver;
	}

	// For dials, on their event loops

	/**
	 * Return a lookup for one dial.
	 * @param aim the one address to connect to while the name stands for it, or
	 * {@code null} for any
	 * @return the lookup
	 */
	public DialLookup lookup(@Nullable InetSocketAddress aim) {
		return new DialLookup(this.resolver, (answer) -> {
			this.owner.resolved(inet(answer));
			return (aim != null && answer.contains(aim)) ? List.of(aim) : order(answer, this.turn.getAndIncrement());
		});
	}

	/**
	 * Put addresses into the order to try them in: families in turn, beginning with that
	 * of the first address, and each family beginning with another one each time.
	 * @param answer the addresses
	 * @param turn how often that was done
	 * @return the addresses, cut at a bound
	 */
	static List<SocketAddress> order(List<SocketAddress> answer, int turn) {
		List<SocketAddress> one = new ArrayList<>();
		List<SocketAddress> other = new ArrayList<>();
		for (SocketAddress address : new LinkedHashSet<>(answer)) {
			((one.isEmpty() || isIpv4(address) == isIpv4(one.get(0))) ? one : other).add(address);
		}
		Collections.rotate(one, -turn);
		Collections.rotate(other, -turn);
		List<SocketAddress> ordered = new ArrayList<>();
		for (int number = 0; ordered.size() < MOST && number < Math.max(one.size(), other.size()); number++) {
			addIfThere(ordered, one, number);
			addIfThere(ordered, other, number);
		}
		return List.copyOf(ordered.subList(0, Math.min(MOST, ordered.size())));
	}

	private static void addIfThere(List<SocketAddress> ordered, List<SocketAddress> family, int number) {
		if (number < family.size()) {
			ordered.add(family.get(number));
		}
	}

	private static boolean isIpv4(SocketAddress address) {
		return address instanceof InetSocketAddress inet && inet.getAddress() instanceof Inet4Address;
	}

	private static List<InetSocketAddress> inet(List<? extends SocketAddress> answer) {
		return answer.stream()
			.filter(InetSocketAddress.class::isInstance)
			.map(InetSocketAddress.class::cast)
			.distinct()
			.toList();
	}

	/**
	 * Note what the name stands for.
	 * @param answer the addresses
	 */
	public void learn(List<InetSocketAddress> answer) {
		assert this.owner.inMailbox();
		if (this.name != null && !answer.isEmpty()) {
			this.failing = false;
			List<InetSocketAddress> kept = List.copyOf(answer.subList(0, Math.min(MOST, answer.size())));
			if (!kept.equals(this.known)) {
				this.known = kept;
			}
		}
	}

	// Looking again

	/**
	 * Look the name up again in a while, as long as there are connections.
	 * @param wanted whether there are
	 */
	public void watch(boolean wanted) {
		assert this.owner.inMailbox();
		if (!wanted) {
			stop();
		}
		else if (this.timer == null && this.name != null && isOfUse()) {
			Duration delay = this.names.nextLookup(this.name.getHostString(), this.resolver);
			if (delay != null) {
				schedule(delay);
			}
		}
	}

	private boolean isOfUse() {
		return this.host.settings().dns().drainRemovedAddresses() || this.host.http2().spreadAddresses();
	}

	private void schedule(Duration delay) {
		assert this.owner.inMailbox();
		try {
			this.timer = this.eventLoop.schedule(this::lookUp, delay.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (RejectedExecutionException ex) {
			// The event loops have been stopped before the client.
		}
	}

	private void stop() {
		assert this.owner.inMailbox();
		if (this.timer != null) {
			this.timer.cancel(false);
			this.timer = null;
		}
	}

	@SuppressWarnings("unchecked")
	private void lookUp() {
		InetSocketAddress asked = this.name;
		if (asked == null) {
			return;
		}
		try {
			AddressResolver<SocketAddress> resolver = (AddressResolver<SocketAddress>) this.resolver
				.getResolver(this.eventLoop);
			io.netty.util.concurrent.Future<List<SocketAddress>> answer = resolver.resolveAll(asked);
			answer.addListener((done) -> {
				List<InetSocketAddress> found = answer.isSuccess() ? inet(answer.getNow()) : List.of();
				this.owner.lookedUp(found, answer.cause());
			});
		}
		catch (Throwable ex) {
			this.owner.lookedUp(List.of(), ex);
		}
	}

	/**
	 * Note the outcome of looking again. Nothing is concluded from one that failed.
	 * @param answer the addresses, none if there is no answer
	 * @param failure what was reported, or {@code null}
	 * @param connections those that are open
	 * @return those of them to addresses that the name does not stand for any more
	 */
	public List<PooledConnection> lookedUp(List<InetSocketAddress> answer, @Nullable Throwable failure,
			Collection<PooledConnection> connections) {
		assert this.owner.inMailbox();
		this.timer = null;
		if (answer.isEmpty()) {
			failed(failure);
			return List.of();
		}
		learn(answer);
		Set<SocketAddress> present = new HashSet<>(answer);
		return connections.stream()
			.filter((connection) -> connection.channel().remoteAddress() instanceof InetSocketAddress remote
					&& !present.contains(remote))
			.toList();
	}

	private void failed(@Nullable Throwable failure) {
		if (!this.failing) {
			this.failing = true;
			log.warn("Client '{}', host {}: looking up '{}' again failed ({}). Its connections stay as they are.",
					this.host.client(), this.host.origin(), (this.name != null) ? this.name.getHostString() : "",
					(failure != null) ? failure.getMessage() : "no addresses");
		}
		schedule(AFTER_FAILURE);
	}

}
