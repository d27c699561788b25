package dev.connpool.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.HostSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * One address of a host.
 *
 * @param address the IP address and port
 * @param connections the connections to it that do not drain
 * @param streams their open HTTP/2 streams
 * @param requests the exchanges that were begun on connections to it
 * @param failed how many of these failed
 * @param headers how long it took to the header of their responses in the last minute;
 * {@code null} if there was none
 */
@JsonInclude
@JsonPropertyOrder({ "address", "connections", "streams", "requests", "failed", "headers" })
public record AddressDescriptor(String address, int connections, int streams, long requests, long failed,
		LatencyDescriptor.@Nullable Quantiles headers) {

	static AddressDescriptor of(HostSnapshot.Address address) {
		return new AddressDescriptor(address.address(), address.connections(), address.streams(), address.requests(),
				address.failed(), LatencyDescriptor.Quantiles.of(address.headers()));
	}

}
