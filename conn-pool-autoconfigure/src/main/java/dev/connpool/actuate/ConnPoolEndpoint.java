package dev.connpool.actuate;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.connpool.finding.Findings;
import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.snapshot.HostSnapshot;
import dev.connpool.web.ConnPoolClient;
import dev.connpool.web.ConnPoolClients;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.convert.DurationStyle;

/**
 * {@link Endpoint @Endpoint} to look at clients and to relieve them of connections. What
 * lists connections waits up to half a second for their event loops; Boot calls
 * operations like these on a thread that may be blocked.
 */
@Endpoint(id = ConnPoolEndpoint.ID, defaultAccess = Access.READ_ONLY)
@RegisterReflectionForBinding(ClientSettings.class)
public class ConnPoolEndpoint {

	/**
	 * The id of the endpoint.
	 */
	public static final String ID = "connpool";

	private static final Duration LONGEST_HISTORY = Duration.ofHours(1);

	private final ApplicationDescriptor application;

	private final ConnPoolClients clients;

	private final Findings findings;

	private final Values values;

	private final Show showValues;

	/**
	 * Create an endpoint.
	 * @param application whose clients they are
	 * @param clients the clients
	 * @param findings what should be changed about them
	 * @param sanitizers hide what must not be seen
	 * @param showValues when to show paths instead of URI templates
	 */
	public ConnPoolEndpoint(ApplicationDescriptor application, ConnPoolClients clients, Findings findings,
			Collection<SanitizingFunction> sanitizers, Show showValues) {
		this.application = application;
		this.clients = clients;
		this.findings = findings;
		this.values = new Values(sanitizers);
		this.showValues = showValues;
	}

	/**
	 * Count the connections of all clients.
	 * @return the clients by name, without their connections
	 */
	@ReadOperation
	public ClientsDescriptor clients() {
		Map<String, ClientDescriptor> descriptors = new LinkedHashMap<>();
		this.clients.stream()
			.forEach((client) -> descriptors.put(client.name(),
					ClientDescriptor.summary(client, this.findings.of(client.name()), this.values)));
		return new ClientsDescriptor(this.application, descriptors);
	}

	/**
	 * List the connections of one client and the exchanges on them.
	 * @param client the client name
	 * @param history for how long to tell how hosts were, such as {@code 15m}; at most an
	 * hour, not at all if {@code null}
	 * @return the client
	 */
	@ReadOperation
	public ClientDescriptor client(@Selector String client, @Nullable String history) {
		return client(client, history, this.showValues.isShown(true));
	}

	ClientDescriptor client(String name, @Nullable String history, boolean shown) {
		ConnPoolClient client = find(name);
		Duration longest = (history != null) ? longest(history) : null;
		return ClientDescriptor.whole(client, answer(client.survey()),
				(longest != null) ? client.history(longest) : Map.of(), this.findings.of(name),
				this.values.shown(shown));
	}

	/**
	 * Look at one connection.
	 * @param client the client name
	 * @param connection the connection id
	 * @return the connection
	 */
	@ReadOperation
	public ConnectionDescriptor connection(@Selector String client, @Selector String connection) {
		return connection(client, connection, this.showValues.isShown(true));
	}

	ConnectionDescriptor connection(String name, String connection, boolean shown) {
		return answer(find(name).survey(connection)).hosts()
			.values()
			.stream()
			.map(HostSnapshot::connectionList)
			.filter(Objects::nonNull)
			.flatMap(List::stream)
			.filter((candidate) -> candidate.id().equals(connection))
			.findFirst()
			.map((found) -> ConnectionDescriptor.of(found, this.values.shown(shown)))
			.orElseThrow(() -> RefusedException
				.notFound("Client '%s' has no connection '%s'; it may have been closed".formatted(name, connection)));
	}

	/**
	 * Close the idle connections of one client.
	 * @param client the client name
	 * @return what was done
	 */
	@DeleteOperation
	public ActionDescriptor closeIdle(@Selector String client) {
		return ActionDescriptor.Action.CLOSE_IDLE.on(find(client), null);
	}

	/**
	 * Drain one client, or close its idle connections.
	 * @param client the client name
	 * @param action {@code drain} or {@code close-idle}
	 * @param host the host as {@code scheme://host:port}, or {@code null} for all
	 * @return what was done
	 */
	@WriteOperation
	public ActionDescriptor act(@Selector String client, @Nullable String action, @Nullable String host) {
		ConnPoolClient found = find(client);
		ActionDescriptor.Action requested = ActionDescriptor.Action.of(action);
		try {
			return requested.on(found, host);
		}
		catch (IllegalArgumentException ex) {
			throw RefusedException.badRequest(ex.getMessage());
		}
	}

	private static Duration longest(String history) {
		try {
			Duration longest = DurationStyle.detectAndParse(history);
			if (!longest.isNegative() && longest.compareTo(LONGEST_HISTORY) <= 0) {
				return longest;
			}
		}
		catch (IllegalArgumentException ex) {
			// It is none.
		}
		throw RefusedException.badRequest("'history' must be a duration of at most 1h, such as 15m");
	}

	private ConnPoolClient find(String name) {
		try {
			return this.clients.get(name);
		}
		catch (IllegalArgumentException ex) {
			throw RefusedException.notFound(ex.getMessage());
		}
	}

	private static ClientSnapshot answer(Mono<ClientSnapshot> survey) {
		return Objects.requireNonNull(survey.block());
	}

}
