package dev.connpool.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.web.ConnPoolClient;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One client.
 *
 * @param protocols the ALPN ids it may speak, in the order of preference
 * @param settings its settings, in groups
 * @param hosts the hosts it knows, by {@code scheme://host:port}
 * @param recentlyClosed the connections that ended last, latest first; left out unless
 * connections are listed
 * @param findings what should be changed
 * @param partial {@code true} if connections are missing because their event loop did not
 * answer in time; else left out
 */
@JsonInclude(Include.NON_NULL)
@JsonPropertyOrder({ "protocols", "settings", "hosts", "recentlyClosed", "findings", "partial" })
public record ClientDescriptor(List<String> protocols, Map<String, Object> settings, Map<String, HostDescriptor> hosts,
		@Nullable List<Closed> recentlyClosed, List<Object> findings,
		@Nullable Boolean partial) implements OperationResponseBody {

	static ClientDescriptor summary(ConnPoolClient client, Values values) {
		return of(client, client.snapshot(), null, values);
	}

	static ClientDescriptor whole(ConnPoolClient client, ClientSnapshot snapshot, Values values) {
		return of(client, snapshot, snapshot.recentlyClosed().stream().map(Closed::of).toList(), values);
	}

	private static ClientDescriptor of(ConnPoolClient client, ClientSnapshot snapshot, @Nullable List<Closed> closed,
			Values values) {
		Map<String, HostDescriptor> hosts = new LinkedHashMap<>();
		snapshot.hosts().forEach((origin, host) -> hosts.put(origin, HostDescriptor.of(host, values)));
		return new ClientDescriptor(snapshot.protocols(), SettingsDescriptor.of(client.settings(), values), hosts,
				closed, List.of(), snapshot.partial() ? true : null);
	}

	/**
	 * A connection that has ended.
	 *
	 * @param id its id
	 * @param host the host, as {@code scheme://host:port}
	 * @param protocol the ALPN id of what it spoke, or {@code null} if it was never open
	 * @param reason why it ended, such as {@code idle-timeout}
	 * @param age how long it had been open
	 * @param exchanges the exchanges that it served
	 * @param closedAt when it ended
	 */
	@JsonInclude
	@JsonPropertyOrder({ "id", "host", "protocol", "reason", "age", "exchanges", "closedAt" })
	public record Closed(String id, String host, @Nullable String protocol, String reason, String age, long exchanges,
			String closedAt) {

		static Closed of(ClosedConnection connection) {
			return new Closed(connection.id(), connection.host(), connection.protocol(), connection.reason(),
					connection.age().toString(), connection.exchanges(), connection.closedAt().toString());
		}

	}

}
