package dev.connpool.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.finding.Finding;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.ClosedConnection;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.web.ConnPoolClient;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * One client.
 *
 * @param protocols the ALPN ids it may speak, in the order of preference
 * @param transport what sends the requests of its {@code WebClient}: {@code direct} or
 * {@code reactor-netty}
 * @param transportReason why it is that one
 * @param settings its settings, in groups
 * @param changed which of the settings are not the defaults, as paths
 * @param hosts the hosts it knows, by {@code scheme://host:port}
 * @param omittedHosts how many hosts were left out because there are too many; left out
 * if there are none
 * @param recentlyClosed the connections that ended last, latest first; left out unless
 * connections are listed
 * @param findings what should be changed
 * @param partial {@code true} if connections are missing because their event loop did not
 * answer in time; else left out
 */
@JsonInclude(Include.NON_NULL)
@JsonPropertyOrder({ "protocols", "transport", "transportReason", "settings", "changed", "hosts", "omittedHosts",
		"recentlyClosed", "findings", "partial" })
public record ClientDescriptor(List<String> protocols, String transport, String transportReason,
		Map<String, Object> settings, List<String> changed, Map<String, HostDescriptor> hosts,
		@Nullable Integer omittedHosts, @Nullable List<Closed> recentlyClosed, List<Found> findings,
		@Nullable Boolean partial) implements OperationResponseBody {

	static ClientDescriptor summary(ConnPoolClient client, List<Finding> findings, Values values) {
		return of(client, client.snapshot().limit(ClientSnapshot.MOST_HOSTS), null, Map.of(), findings, values);
	}

	static ClientDescriptor whole(ConnPoolClient client, ClientSnapshot snapshot, Map<String, HostHistory> past,
			List<Finding> findings, Values values) {
		return of(client, snapshot, snapshot.recentlyClosed().stream().map(Closed::of).toList(), past, findings,
				values);
	}

	private static ClientDescriptor of(ConnPoolClient client, ClientSnapshot snapshot, @Nullable List<Closed> closed,
			Map<String, HostHistory> past, List<Finding> findings, Values values) {
		Map<String, HostDescriptor> hosts = new LinkedHashMap<>();
		snapshot.hosts()
			.forEach((origin, host) -> hosts.put(origin, HostDescriptor.of(host, past.get(origin), values)));
		return new ClientDescriptor(snapshot.protocols(), client.transport().used().id(), client.transport().reason(),
				SettingsDescriptor.of(client.settings(), values), SettingsDescriptor.changed(client.settings()), hosts,
				(snapshot.omittedHosts() > 0) ? snapshot.omittedHosts() : null, closed,
				findings.stream().map(Found::of).toList(), snapshot.partial() ? true : null);
	}

	/**
	 * Something that should be changed.
	 *
	 * @param rule what was found, such as {@code http2-fallback}
	 * @param severity {@code error}, {@code warning} or {@code info}
	 * @param host the host, or {@code null} if it is about the whole client
	 * @param message the evidence, and what to change
	 */
	@JsonInclude
	@JsonPropertyOrder({ "rule", "severity", "host", "message" })
	public record Found(String rule, String severity, @Nullable String host, String message) {

		static Found of(Finding finding) {
			return new Found(finding.rule().id(), finding.rule().severity().id(), finding.host(), finding.message());
		}

	}

	/**
	 * A connection that has ended.
	 *
	 * @param id its id
	 * @param host the host, as {@code scheme://host:port}
	 * @param protocol the ALPN id of what it spoke, or {@code null} if it was never open
	 * @param reason why it ended, such as {@code idle-timeout}
	 * @param age how long it had been open
	 * @param idleFor how long it had been unused, or {@code null} if it was in use
	 * @param exchanges the exchanges that it served
	 * @param closedAt when it ended
	 */
	@JsonInclude
	@JsonPropertyOrder({ "id", "host", "protocol", "reason", "age", "idleFor", "exchanges", "closedAt" })
	public record Closed(String id, String host, @Nullable String protocol, String reason, String age,
			@Nullable String idleFor, long exchanges, String closedAt) {

		static Closed of(ClosedConnection connection) {
			return new Closed(connection.id(), connection.host(), connection.protocol(), connection.reason(),
					connection.age().toString(), Objects.toString(connection.idleFor(), null), connection.exchanges(),
					connection.closedAt().toString());
		}

	}

}
