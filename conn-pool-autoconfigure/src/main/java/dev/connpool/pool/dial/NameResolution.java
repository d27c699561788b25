package dev.connpool.pool.dial;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.settings.DnsSettings;
import io.netty.resolver.AddressResolverGroup;
import org.jspecify.annotations.Nullable;
import reactor.netty.transport.NameResolverProvider;

/**
 * How one client looks up names: by Netty's resolver with a cache of its own, unless it
 * was given another resolver. Safe for use by many threads; never blocks.
 */
public final class NameResolution {

	private final DnsSettings settings;

	private final NameResolverProvider provider;

	private final DnsAnswerCache answers;

	private final AtomicReference<AddressResolverGroup<?>> own = new AtomicReference<>();

	public NameResolution(DnsSettings settings) {
		this(settings, NameResolverProvider.builder());
	}

	/**
	 * Create names.
	 * @param settings what is done about names
	 * @param resolver what the resolver is to be, but for its cache
	 */
	public NameResolution(DnsSettings settings, NameResolverProvider.NameResolverSpec resolver) {
		this.settings = settings;
		this.answers = new DnsAnswerCache(settings);
		this.provider = resolver.resolveCache(this.answers).build();
	}

	/**
	 * Return who looks up the names of a host.
	 * @param spec what shapes the connections
	 * @return whoever was chosen for them, else our own resolver
	 */
	public AddressResolverGroup<?> resolver(ConnectionSpec spec) {
		AddressResolverGroup<?> chosen = spec.resolver();
		if (chosen != null) {
			return chosen;
		}
		AddressResolverGroup<?> present = this.own.get();
		if (present != null) {
			return present;
		}
		// It holds nothing until it is used.
		AddressResolverGroup<?> made = this.provider.newNameResolverGroup(spec.loopResources(), spec.isPreferNative());
		return this.own.compareAndSet(null, made) ? made : Objects.requireNonNull(this.own.get());
	}

	/**
	 * Tell when a name should be looked up again.
	 * @param name the name
	 * @param resolver who looked it up
	 * @return the time to wait, or {@code null} if nobody knows when the answer expires
	 */
	@Nullable Duration nextLookup(String name, AddressResolverGroup<?> resolver) {
		if (!this.settings.refreshInterval().isZero()) {
			return this.settings.refreshInterval();
		}
		if (resolver != this.own.get()) {
			return null;
		}
		Duration left = this.answers.expiresIn(name);
		if (left == null) {
			return DnsSettings.LONGEST;
		}
		return (left.compareTo(DnsSettings.SHORTEST) > 0) ? left : DnsSettings.SHORTEST;
	}

	/**
	 * Look up nothing any more.
	 */
	public void close() {
		AddressResolverGroup<?> present = this.own.get();
		if (present != null) {
			present.close();
		}
	}

}
