package dev.connpool.actuate;

import java.util.List;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.ConnectionSnapshot;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.snapshot.LastError;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one client to one host.
 *
 * @param protocol the ALPN id of what was last negotiated, or {@code null} before that
 * @param proxy the proxy that the host is reached through, without credentials; left out
 * if it is reached directly
 * @param generation how often its settings or its TLS context were loaded
 * @param connections the connections by state
 * @param streams the HTTP/2 streams
 * @param addresses what the name stands for; left out if there is no name
 * @param pools the pools that hold connections which do not drain
 * @param pendingAcquires the callers that wait for a connection
 * @param longestWait for how long the first of them has waited; left out if nobody waits
 * @param serverIdleLimit the idle time after which the server closes connections, as
 * learned from when it did; left out if it is not known
 * @param leaking the exchanges that were reported because nobody reads their response
 * @param counters what happened so far
 * @param latency how long the requests of the last minute took
 * @param lastError what went wrong last; left out if nothing did
 * @param certificateExpiresAt when the certificate of the host is no more valid; left out
 * if there is none
 * @param history how it was; left out unless it is asked for and known
 * @param events what happened meanwhile; left out with it
 * @param connectionList the connections; left out unless they are listed
 * @param omittedConnections how many connections were cut from the list; left out with it
 */
@JsonInclude
@JsonPropertyOrder({ "protocol", "proxy", "generation", "connections", "streams", "addresses", "pools",
		"pendingAcquires", "longestWait", "serverIdleLimit", "leaking", "counters", "latency", "lastError",
		"certificateExpiresAt", "history", "events", "connectionList", "omittedConnections" })
public record HostDescriptor(@Nullable String protocol, @JsonInclude(Include.NON_NULL) @Nullable String proxy,
		int generation, HostSnapshot.Connections connections, HostSnapshot.Streams streams,
		@JsonInclude(Include.NON_EMPTY) List<AddressDescriptor> addresses, int pools, int pendingAcquires,
		@JsonInclude(Include.NON_NULL) @Nullable String longestWait,
		@JsonInclude(Include.NON_NULL) @Nullable String serverIdleLimit, int leaking, HostSnapshot.Counters counters,
		LatencyDescriptor latency, @JsonInclude(Include.NON_NULL) @Nullable Failure lastError,
		@JsonInclude(Include.NON_NULL) @Nullable String certificateExpiresAt,
		@JsonInclude(Include.NON_NULL) @Nullable HistoryDescriptor history,
		@JsonInclude(Include.NON_NULL) @Nullable List<HistoryDescriptor.Event> events,
		@JsonInclude(Include.NON_NULL) @Nullable List<ConnectionDescriptor> connectionList,
		@JsonInclude(Include.NON_NULL) @Nullable Integer omittedConnections) {

	static HostDescriptor of(HostSnapshot host, @Nullable HostHistory past, Values values) {
		List<ConnectionSnapshot> list = host.connectionList();
		return new HostDescriptor(host.protocol(), host.proxy(), host.generation(), host.connections(), host.streams(),
				host.addresses().stream().map(AddressDescriptor::of).toList(), host.pools(), host.pendingAcquires(),
				Objects.toString(host.longestWait(), null), Objects.toString(host.serverIdleLimit(), null),
				host.leaking(), host.counters(), LatencyDescriptor.of(host.latency()),
				(host.lastError() != null) ? Failure.of(host.lastError()) : null,
				(host.certificate() != null) ? host.certificate().until().toString() : null,
				(past != null) ? HistoryDescriptor.of(past) : null,
				(past != null) ? past.events().stream().map(HistoryDescriptor.Event::of).toList() : null,
				(list != null) ? list.stream().map((connection) -> ConnectionDescriptor.of(connection, values)).toList()
						: null,
				(list != null) ? host.omittedConnections() : null);
	}

	/**
	 * What went wrong last.
	 *
	 * @param at when
	 * @param since when the first of these failures was, without a minute between any two
	 * @param phase how it failed, as in {@code counters.failedByKind}
	 * @param message what the caller was told
	 * @param count how often it failed in that way since then
	 */
	@JsonInclude
	@JsonPropertyOrder({ "at", "since", "phase", "message", "count" })
	public record Failure(String at, String since, String phase, String message, long count) {

		static Failure of(LastError error) {
			return new Failure(error.at().toString(), error.since().toString(), error.phase(), error.message(),
					error.count());
		}

	}

}
