package dev.connpool.finding;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.connpool.snapshot.HostSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Notices that one address of a host fails while the others do not. Begins when, within
 * the period, an address failed for one in five of at least ten requests, and all others
 * together for no more than one in twenty of at least as many; ends when either is no
 * longer so.
 */
final class AddressOutlier implements Rule.HostCheck {

	private static final int FEW = 10;

	private static final double BAD = 0.2;

	private static final double GOOD = 0.05;

	@Override
	public @Nullable String check(HostEvidence host) {
		List<Share> shares = shares(host);
		long requests = shares.stream().mapToLong(Share::requests).sum();
		long failed = shares.stream().mapToLong(Share::failed).sum();
		for (Share share : shares) {
			Share others = new Share("", requests - share.requests(), failed - share.failed());
			if (share.isBad() && others.isGood()) {
				return "%s failed for %s of %s within %s, the other %s for %s of %s. Look at the instance behind that address, or take it out of the name."
					.formatted(share.address(), Quantity.of(share.failed()),
							Quantity.of(share.requests(), "request", "requests"), host.within(),
							Quantity.of(shares.size() - 1, "address", "addresses"), Quantity.of(others.failed()),
							Quantity.of(others.requests()));
			}
		}
		return null;
	}

	private static List<Share> shares(HostEvidence host) {
		Map<String, HostSnapshot.Address> before = host.before()
			.addresses()
			.stream()
			.collect(Collectors.toMap(HostSnapshot.Address::address, Function.identity(), (one, other) -> one));
		return host.now()
			.addresses()
			.stream()
			.map((address) -> Share.between(before.get(address.address()), address))
			.toList();
	}

	/**
	 * What an address did meanwhile.
	 */
	private record Share(String address, long requests, long failed) {

		static Share between(HostSnapshot.@Nullable Address before, HostSnapshot.Address now) {
			boolean known = before != null && before.requests() <= now.requests();
			return (before == null || !known) ? new Share(now.address(), now.requests(), now.failed())
					: new Share(now.address(), now.requests() - before.requests(), now.failed() - before.failed());
		}

		boolean isBad() {
			return this.requests >= FEW && this.failed >= BAD * this.requests;
		}

		boolean isGood() {
			return this.requests >= FEW && this.failed <= GOOD * this.requests;
		}

	}

}
