package dev.connpool.finding;

import java.time.Clock;
import java.time.Duration;

import dev.connpool.snapshot.Validity;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the certificate of a host will soon be no more valid. Begins fourteen days
 * before, or when a third of its validity is left, if that is later, as certificates for
 * a few days are renewed in time; ends with the first connection on which the host shows
 * another.
 */
final class CertificateExpiring implements Rule.HostCheck {

	private static final Duration SOON = Duration.ofDays(14);

	private static final int PARTS = 3;

	private final Clock clock;

	CertificateExpiring() {
		this(Clock.systemUTC());
	}

	CertificateExpiring(Clock clock) {
		this.clock = clock;
	}

	@Override
	public boolean needsPeriod() {
		return false;
	}

	@Override
	public @Nullable String check(HostEvidence host) {
		Validity certificate = host.now().certificate();
		if (certificate == null) {
			return null;
		}
		Duration left = Duration.between(this.clock.instant(), certificate.until());
		if (left.compareTo(SOON) >= 0 || left.multipliedBy(PARTS).compareTo(certificate.length()) >= 0) {
			return null;
		}
		return "The certificate of the host %s on %s. Have it renewed; from then on no connection can be opened."
			.formatted(left.isNegative() ? "has expired" : "expires in " + time(left), certificate.until());
	}

	private static String time(Duration left) {
		return (left.toDays() > 0) ? Quantity.of(left.toDays(), "day", "days")
				: Quantity.of(left.toHours(), "hour", "hours");
	}

}
