package dev.connpool.pool.memory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;

import dev.connpool.snapshot.LastError;
import dev.connpool.snapshot.Quantiles;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HostMemory}.
 */
class HostMemoryTests {

	private static final long MILLI = Duration.ofMillis(1).toNanos();

	private static final long SECOND = Duration.ofSeconds(1).toNanos();

	private final EventExecutor one = new DefaultEventExecutor();

	private final EventExecutor other = new DefaultEventExecutor();

	private final HostMemory memory = new HostMemory();

	@AfterEach
	void shutDown() {
		this.one.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
		this.other.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
	}

	@Test
	void nothingIsKnownAtFirst() {
		assertThat(this.memory.latency().waited()).isNull();
		assertThat(this.memory.latency().headers()).isNull();
		assertThat(this.memory.errors()).isEmpty();
		assertThat(this.memory.requests(address(1))).isNull();
	}

	@Test
	void whatAllEventLoopsCountIsAdded() {
		this.memory.tally(address(1), this.one).answered(10 * MILLI);
		this.memory.tally(address(1), this.other).answered(10 * MILLI);
		this.memory.tally(address(1), this.other).waited(0);
		this.memory.tally(address(1), this.one).waited(0);
		this.memory.tally(address(1), this.one).failed();
		AddressMemory.Requests requests = this.memory.requests(address(1));
		assertThat(requests).isNotNull();
		assertThat(requests.begun()).isEqualTo(2);
		assertThat(requests.failed()).isEqualTo(1);
		assertThat(this.memory.tally(address(1), this.one)).isSameAs(this.memory.tally(address(1), this.one))
			.isNotSameAs(this.memory.tally(address(1), this.other));
	}

	@Test
	void latencyIsThatOfTheLastMinute() {
		long now = System.nanoTime();
		Tally tally = this.memory.tally(address(1), this.one);
		tally.answered(2000 * MILLI);
		this.memory.look(now - 65 * SECOND, Set.of(address(1)));
		for (int ago = 55; ago > 0; ago -= 10) {
			tally.answered(10 * MILLI);
			this.memory.look(now - ago * SECOND, Set.of(address(1)));
		}
		tally.answered(10 * MILLI);
		Quantiles headers = Objects.requireNonNull(this.memory.latency().headers());
		assertThat(headers.p50()).isBetween(Duration.ofMillis(9), Duration.ofMillis(11));
		assertThat(headers.p99()).isBetween(Duration.ofMillis(9), Duration.ofMillis(11));
	}

	@Test
	void ofWhatNobodyHasLookedAtForLongNothingIsLost() {
		Tally tally = this.memory.tally(address(1), this.one);
		this.memory.look(System.nanoTime() - 600 * SECOND, Set.of(address(1)));
		tally.answered(10 * MILLI);
		assertThat(this.memory.latency().headers()).isNotNull();
	}

	@Test
	void addressesAreTheirOwn() {
		this.memory.tally(address(1), this.one).waited(0);
		this.memory.tally(address(2), this.one).failed();
		assertThat(Objects.requireNonNull(this.memory.requests(address(1))).failed()).isZero();
		assertThat(Objects.requireNonNull(this.memory.requests(address(2))).failed()).isEqualTo(1);
	}

	@Test
	void addressesBeyondTheBoundShareOneTally() {
		for (int number = 0; number < 100; number++) {
			this.memory.tally(address(number), this.one).answered(10 * MILLI);
		}
		assertThat(this.memory.tally(address(98), this.one)).isSameAs(this.memory.tally(address(99), this.one));
		assertThat(this.memory.requests(address(99))).isNull();
		assertThat(this.memory.latency().headers()).isNotNull();
	}

	@Test
	void anAddressWithoutConnectionsMakesRoomAndItsRequestsStay() {
		for (int number = 0; number < 32; number++) {
			this.memory.tally(address(number), this.one).answered(10 * MILLI);
		}
		long now = System.nanoTime();
		this.memory.look(now - 20 * SECOND, Set.of(address(5)));
		assertThat(this.memory.requests(address(6))).isNotNull();
		this.memory.look(now - 10 * SECOND, Set.of(address(5)));
		assertThat(this.memory.requests(address(5))).isNotNull();
		assertThat(this.memory.requests(address(6))).isNull();
		// All in the difference to the first look, as if no address had gone.
		assertThat(this.memory.latency().headers()).isNull();
		this.memory.tally(address(99), this.one).answered(10 * MILLI);
		assertThat(Objects.requireNonNull(this.memory.requests(address(99))).headers()).isNotNull();
	}

	@Test
	void lastErrorIsTheLatestOfAllKinds() {
		this.memory.failed(FailureKind.RESET, "lost", 0, 1);
		this.memory.failed(FailureKind.SERVER_ERROR, null, 503, 1);
		this.memory.failed(FailureKind.SERVER_ERROR, null, 503, 1);
		LastError last = this.memory.errors().get(0);
		assertThat(last.phase()).isEqualTo("status-5xx");
		assertThat(last.count()).isEqualTo(2);
		assertThat(last.message()).isEqualTo("The server answered with status 503");
		assertThat(last.since()).isBeforeOrEqualTo(last.at());
		this.memory.failed(FailureKind.RESET, "lost again", 0, 1);
		assertThat(this.memory.errors().get(0).message()).isEqualTo("lost again");
		assertThat(this.memory.errors().get(0).count()).isEqualTo(2);
	}

	@Test
	void aLongMessageIsCut() {
		this.memory.failed(FailureKind.RESET, "x".repeat(1 << 20), 0, 1);
		assertThat(this.memory.errors().get(0).message()).hasSize(501).endsWith("…");
	}

	@Test
	void whatFailsWithoutARequestIsNotCounted() {
		this.memory.failed(FailureKind.CONNECT_ERROR, "refused", 0, 0);
		assertThat(this.memory.errors().get(0).count()).isZero();
	}

	private static SocketAddress address(int number) {
		return InetSocketAddress.createUnresolved("10.0.0." + number, 443);
	}

}
