package dev.connpool.pool;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReservationsTests {

	private final Reservations reservations = new Reservations();

	@Test
	void oneStreamMayBeReservedBeforeTheServerSaysHowMany() {
		assertThat(this.reservations.take()).isOne();
		assertThat(this.reservations.take()).isZero();
		this.reservations.allow(2);
		assertThat(this.reservations.take()).isEqualTo(2);
	}

	@Test
	void whatIsAllowedMeanwhileCountsWhenItGoesOn() {
		this.reservations.suspend(true);
		this.reservations.allow(2);
		assertThat(this.reservations.limit()).isZero();
		assertThat(this.reservations.take()).isZero();
		this.reservations.suspend(false);
		assertThat(this.reservations.limit()).isEqualTo(2);
	}

	@Test
	void noneIsReservedAfterTheEndWhateverIsAllowed() {
		assertThat(this.reservations.take()).isOne();
		this.reservations.end();
		this.reservations.allow(2);
		this.reservations.suspend(false);
		assertThat(this.reservations.take()).isZero();
		assertThat(this.reservations.giveBack()).isZero();
	}

	@Test
	void itIsClosedOnlyWhenNoneIsReserved() {
		assertThat(this.reservations.take()).isOne();
		assertThat(this.reservations.close()).isFalse();
		this.reservations.giveBack();
		assertThat(this.reservations.close()).isTrue();
		assertThat(this.reservations.take()).isZero();
		assertThat(this.reservations.count()).isZero();
	}

}
