package dev.connpool.pool.http2;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamPermitsTests {

	private final StreamPermits permits = new StreamPermits();

	@Test
	void oneStreamMayBeReservedBeforeTheServerSaysHowMany() {
		assertThat(this.permits.take()).isOne();
		assertThat(this.permits.take()).isZero();
		this.permits.allow(2);
		assertThat(this.permits.take()).isEqualTo(2);
	}

	@Test
	void whatIsAllowedMeanwhileCountsWhenItGoesOn() {
		this.permits.suspend(true);
		this.permits.allow(2);
		assertThat(this.permits.limit()).isZero();
		assertThat(this.permits.take()).isZero();
		this.permits.suspend(false);
		assertThat(this.permits.limit()).isEqualTo(2);
	}

	@Test
	void itIsClosedOnlyWhenNoneIsReserved() {
		assertThat(this.permits.take()).isOne();
		assertThat(this.permits.close()).isFalse();
		this.permits.giveBack();
		assertThat(this.permits.close()).isTrue();
		assertThat(this.permits.take()).isZero();
		assertThat(this.permits.count()).isZero();
	}

}
