package dev.connpool.actuate;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.ClientSnapshot;
import dev.connpool.web.ConnPoolClient;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What was done to a client.
 *
 * @param client the client name
 * @param action {@code drain} or {@code close-idle}
 * @param hosts the hosts that it was done to, as {@code scheme://host:port}; cut at a
 * bound
 * @param omittedHosts how many hosts were cut from the list; left out if there are none
 */
@JsonPropertyOrder({ "client", "action", "hosts", "omittedHosts" })
public record ActionDescriptor(String client, String action, List<String> hosts,
		@JsonInclude(Include.NON_NULL) @Nullable Integer omittedHosts) implements OperationResponseBody {

	/**
	 * What can be done to a client.
	 */
	enum Action {

		DRAIN("drain") {

			@Override
			void perform(ConnPoolClient client, String host) {
				client.drain(host);
			}

		},

		CLOSE_IDLE("close-idle") {

			@Override
			void perform(ConnPoolClient client, String host) {
				client.closeIdle(host);
			}

		};

		private final String id;

		Action(String id) {
			this.id = id;
		}

		static Action of(@Nullable String id) {
			return Arrays.stream(values())
				.filter((action) -> action.id.equals(id))
				.findFirst()
				.orElseThrow(() -> unknown(id));
		}

		private static RefusedException unknown(@Nullable String id) {
			String known = Arrays.stream(values())
				.map((action) -> action.id)
				.collect(Collectors.joining("' or '", "'", "'"));
			String sentence = (id != null) ? "There is no action '%s'; it must be %s".formatted(id, known)
					: "Name the 'action': %s".formatted(known);
			return RefusedException.badRequest(sentence);
		}

		abstract void perform(ConnPoolClient client, String host);

		/**
		 * Do it.
		 * @param client the client
		 * @param host the host, or {@code null} for all that the client knows
		 * @return what was done
		 * @throws IllegalArgumentException if the client does not know the host
		 */
		ActionDescriptor on(ConnPoolClient client, @Nullable String host) {
			List<String> hosts = (host != null) ? List.of(host) : List.copyOf(client.snapshot().hosts().keySet());
			hosts.forEach((each) -> perform(client, each));
			int listed = Math.min(hosts.size(), ClientSnapshot.MOST_HOSTS);
			int omitted = hosts.size() - listed;
			return new ActionDescriptor(client.name(), this.id, hosts.subList(0, listed),
					(omitted > 0) ? omitted : null);
		}

	}

}
