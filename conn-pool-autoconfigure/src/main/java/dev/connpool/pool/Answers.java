package dev.connpool.pool;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

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
final class Answers implements DnsCache {

	/** Expiries beyond this many names are not remembered. */
	private static final int MOST = 10_000;

	private final DefaultDnsCache cache;

	private final long longest;

	/** When the answer for a name expires or did, in terms of nano time. */
	private final Map<String, Long> expiries = new ConcurrentHashMap<>();

	Answers(DnsSettings settings) {
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
			expiry = this.expiries.entrySet()
				.stream()
				.filter((other) -> other.getKey().startsWith(key + "."))
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
		if (this.expiries.size() < MOST || this.expiries.containsKey(key)) {
			this.expiries.put(key, expiry);
			loop.schedule(() -> this.expiries.remove(key, expiry), seconds + this.longest, TimeUnit.SECONDS);
		}
		return this.cache.cache(name, additionals, address, ttl, loop);
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
		this.expiries.clear();
		this.cache.clear();
	}

	@Override
	public boolean clear(String name) {
		this.expiries.remove(key(name));
		return this.cache.clear(name);
	}

}
