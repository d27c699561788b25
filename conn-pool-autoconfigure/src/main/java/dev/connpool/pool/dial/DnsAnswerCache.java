package dev.connpool.pool.dial;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.connpool.settings.DnsSettings;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.resolver.dns.DefaultDnsCache;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import org.jspecify.annotations.Nullable;

/**
 * The answers of name servers, for as long as they are valid, and when they expire. Safe
 * for use by many threads.
 */
final class DnsAnswerCache implements DnsCache {

	/** Expiries beyond this many names are not remembered. */
	private static final int MOST = 10_000;

	private final DefaultDnsCache cache;

	private final long longest;

	/** When the answer for a name expires or did, in terms of nano time. */
	private final ConcurrentNavigableMap<String, Long> expiries = new ConcurrentSkipListMap<>();

	/** Kept beside, as that map would count its entries each time. */
	private final AtomicInteger names = new AtomicInteger();

	DnsAnswerCache(DnsSettings settings) {
		Duration most = settings.refreshInterval().isZero() ? DnsSettings.LONGEST : settings.refreshInterval();
		this.longest = most.toSeconds();
		this.cache = new DefaultDnsCache(0, Math.toIntExact(this.longest), 0);
	}

	/**
	 * Return when the answer for a name expires.
	 * @param name the name; the answer may be for that name in one of the search domains
	 * @return the time left, zero or less if it has expired, or {@code null} if nothing
	 * is known
	 */
	@Nullable Duration expiresIn(String name) {
		String key = key(name);
		Long expiry = this.expiries.get(key);
		if (expiry == null) {
			// In the order of names, what begins with the same is together.
			expiry = this.expiries.tailMap(key + ".")
				.entrySet()
				.stream()
				.takeWhile((other) -> other.getKey().startsWith(key + "."))
				.map(Map.Entry::getValue)
				.min((one, other) -> Long.signum(one - other))
				.orElse(null);
		}
		return (expiry != null) ? Duration.ofNanos(expiry - System.nanoTime()) : null;
	}

	private static String key(String name) {
		String lower = name.toLowerCase(Locale.ROOT);
		return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
	}

	@Override
	public DnsCacheEntry cache(String name, DnsRecord[] additionals, InetAddress address, long ttl, EventLoop loop) {
		long seconds = Math.max(0, Math.min(ttl, this.longest));
		Long expiry = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		String key = key(name);
		if (this.names.get() < MOST || this.expiries.containsKey(key)) {
			if (this.expiries.put(key, expiry) == null) {
				this.names.incrementAndGet();
			}
			loop.schedule(() -> removed(this.expiries.remove(key, expiry)), seconds + this.longest, TimeUnit.SECONDS);
		}
		return this.cache.cache(name, additionals, address, ttl, loop);
	}

	private void removed(boolean present) {
		if (present) {
			this.names.decrementAndGet();
		}
	}

	@Override
	public DnsCacheEntry cache(String name, DnsRecord[] additionals, Throwable cause, EventLoop loop) {
		return this.cache.cache(name, additionals, cause, loop);
	}

	@Override
	public List<? extends DnsCacheEntry> get(String name, DnsRecord[] additionals) {
		return this.cache.get(name, additionals);
	}

	@Override
	public void clear() {
		this.expiries.keySet().forEach((key) -> removed(this.expiries.remove(key) != null));
		this.cache.clear();
	}

	@Override
	public boolean clear(String name) {
		removed(this.expiries.remove(key(name)) != null);
		return this.cache.clear(name);
	}

}
