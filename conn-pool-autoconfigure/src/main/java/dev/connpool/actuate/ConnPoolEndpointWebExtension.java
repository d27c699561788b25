package dev.connpool.actuate;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.annotation.RegisterReflectionForBinding;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.util.MimeType;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} that shows the clients to a browser,
 * tells users apart and answers refusals with a sentence.
 */
@EndpointWebExtension(endpoint = ConnPoolEndpoint.class)
@ImportRuntimeHints(LivePage.Hints.class)
@RegisterReflectionForBinding(ProblemDescriptor.class)
public class ConnPoolEndpointWebExtension {

	private static final MimeType HTML = new MimeType("text", "html", StandardCharsets.UTF_8);

	private final ConnPoolEndpoint endpoint;

	private final Show showValues;

	private final Set<String> roles;

	private final String page;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint
	 * @param showValues when to show paths instead of URI templates
	 * @param roles who may see them
	 * @param mutable whether the page offers to close connections
	 */
	public ConnPoolEndpointWebExtension(ConnPoolEndpoint endpoint, Show showValues, Collection<String> roles,
			boolean mutable) {
		this.endpoint = endpoint;
		this.showValues = showValues;
		this.roles = Set.copyOf(roles);
		this.page = LivePage.read(mutable);
	}

	/**
	 * Return the live page, to who prefers HTML to JSON.
	 * @return the page
	 */
	@ReadOperation(produces = "text/html")
	public WebEndpointResponse<String> page() {
		return new WebEndpointResponse<>(this.page, HTML);
	}

	/**
	 * List the connections of one client and the exchanges on them.
	 * @param securityContext who asks
	 * @param client the client name
	 * @param history for how long to tell how hosts were, or {@code null} for not at all
	 * @return the client, or why not
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> client(SecurityContext securityContext, @Selector String client,
			@Nullable String history) {
		return answer(() -> this.endpoint.client(client, history, isShown(securityContext)));
	}

	/**
	 * Look at one connection.
	 * @param securityContext who asks
	 * @param client the client name
	 * @param connection the connection id
	 * @return the connection, or why not
	 */
	@ReadOperation
	public WebEndpointResponse<OperationResponseBody> connection(SecurityContext securityContext,
			@Selector String client, @Selector String connection) {
		return answer(() -> this.endpoint.connection(client, connection, isShown(securityContext)));
	}

	/**
	 * Close the idle connections of one client.
	 * @param client the client name
	 * @return what was done, or why not
	 */
	@DeleteOperation
	public WebEndpointResponse<OperationResponseBody> closeIdle(@Selector String client) {
		return answer(() -> this.endpoint.closeIdle(client));
	}

	/**
	 * Drain one client, or close its idle connections.
	 * @param client the client name
	 * @param action {@code drain} or {@code close-idle}
	 * @param host the host as {@code scheme://host:port}, or {@code null} for all
	 * @return what was done, or why not
	 */
	@WriteOperation
	public WebEndpointResponse<OperationResponseBody> act(@Selector String client, @Nullable String action,
			@Nullable String host) {
		return answer(() -> this.endpoint.act(client, action, host));
	}

	private boolean isShown(SecurityContext securityContext) {
		return this.showValues.isShown(securityContext, this.roles);
	}

	private static WebEndpointResponse<OperationResponseBody> answer(Supplier<OperationResponseBody> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (RefusedException ex) {
			return new WebEndpointResponse<>(ex.problem(), ex.problem().status());
		}
	}

}
