package dev.connpool.pool.dial;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.DnsSettings;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class DnsAnswerCacheTests {

	private static final DnsRecord[] NONE = {};

	private final EventLoop eventLoop = new DefaultEventLoop();

	private final DnsAnswerCache answers = new DnsAnswerCache(ClientSettings.DEFAULTS.dns());

	@AfterEach
	void stop() {
		this.eventLoop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
	}

	@Test
	void anAnswerExpiresWithItsTimeToLive() {
		cache(this.answers, "orders.example.com", 30);
		assertThat(this.answers.expiresIn("Orders.Example.com.")).isBetween(Duration.ofSeconds(29),
				Duration.ofSeconds(30));
		assertThat(this.answers.get("orders.example.com", NONE)).hasSize(1);
	}

	@Test
	void anAnswerIsBelievedForFiveMinutesAtMost() {
		cache(this.answers, "orders.example.com", 86_400);
		assertThat(this.answers.expiresIn("orders.example.com")).isBetween(Duration.ofSeconds(299),
				Duration.ofSeconds(300));
	}

	@Test
	void anAnswerIsBelievedForTheIntervalAtMost() {
		DnsAnswerCache often = new DnsAnswerCache(new DnsSettings(Duration.ofMillis(7900), true));
		cache(often, "orders.example.com", 86_400);
		assertThat(often.expiresIn("orders.example.com")).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(7));
	}

	@Test
	void aNameIsKnownByItsSearchDomain() {
		cache(this.answers, "orders.shop.svc.cluster.local.", 30);
		assertThat(this.answers.expiresIn("orders")).isNotNull();
		assertThat(this.answers.expiresIn("order")).isNull();
	}

	@Test
	void ofSeveralSearchDomainsTheFirstToExpireCounts() {
		cache(this.answers, "orders-db.shop.svc.cluster.local.", 5);
		cache(this.answers, "orders.shop.svc.cluster.local.", 60);
		cache(this.answers, "orders.svc.cluster.local.", 20);
		cache(this.answers, "ordersx.svc.cluster.local.", 5);
		assertThat(this.answers.expiresIn("orders")).isBetween(Duration.ofSeconds(19), Duration.ofSeconds(20));
	}

	@Test
	void anAnswerThatMustNotBeKeptHasExpired() {
		cache(this.answers, "orders.example.com", 0);
		assertThat(this.answers.expiresIn("orders.example.com")).isLessThanOrEqualTo(Duration.ZERO);
	}

	private void cache(DnsAnswerCache answers, String name, long ttl) {
		answers.cache(name, NONE, InetAddress.getLoopbackAddress(), ttl, this.eventLoop);
	}

}
