package dev.connpool.error;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import dev.connpool.settings.Durations;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * Raised when no connection could be opened. The cause, where there is one, is what the
 * JDK or Netty reported, such as {@link java.net.ConnectException},
 * {@link java.net.UnknownHostException} or {@link javax.net.ssl.SSLException}.
 */
public final class ConnectionFailedException extends ConnPoolException {

	private static final int UNAUTHORIZED = 401;

	private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

	/** How many addresses are named. */
	private static final int NAMED = 5;

	private static final int SERVER_ERROR = 500;

	private final Phase phase;

	private final boolean timedOut;

	private ConnectionFailedException(String client, String host, Phase phase, String message,
			@Nullable Throwable cause) {
		this(client, host, phase, message, cause, false);
	}

	private ConnectionFailedException(String client, String host, Phase phase, String message,
			@Nullable Throwable cause, boolean timedOut) {
		super(client, host, message, cause);
		this.phase = phase;
		this.timedOut = timedOut;
	}

	/**
	 * Create an exception for a step that failed.
	 * @param client the client name
	 * @param host the host
	 * @param proxy the proxy that the host is reached through, or {@code null}
	 * @param phase the step that failed
	 * @param after how long after dialling began
	 * @param cause what was reported
	 * @param tried the addresses that were tried
	 * @return a new exception
	 */
	public static ConnectionFailedException failed(String client, String host, @Nullable ProxyName proxy, Phase phase,
			Duration after, Throwable cause, List<SocketAddress> tried) {
		String reason = Printable
			.part(Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName()));
		return new ConnectionFailedException(client, host, phase,
				"%s failed after %s%s: %s%s".formatted(phase.text(client, proxy), Durations.rounded(after),
						phase.text(tried), reason, hint(ConnectionLostException.remedy(client, cause))),
				cause);
	}

	/**
	 * Create an exception for a step that took too long.
	 * @param client the client name
	 * @param host the host
	 * @param proxy the proxy that the host is reached through, or {@code null}
	 * @param phase the step that took too long
	 * @param settings the settings for the host
	 * @param tried the addresses that were tried
	 * @return a new exception
	 */
	public static ConnectionFailedException timedOut(String client, String host, @Nullable ProxyName proxy, Phase phase,
			HostSettings settings, List<SocketAddress> tried) {
		String what = (proxy != null && phase.compareTo(Phase.PROXY) <= 0) ? "proxy" : "host";
		return new ConnectionFailedException(client, host, phase,
				"%s was not over within %s%s. Check that the %s is reachable, or raise '%s'.".formatted(
						phase.text(client, proxy), DeadlineException.text(phase.deadline(settings.timeouts())),
						phase.text(tried), what, settings.property(client, phase.property)),
				null, true);
	}

	/**
	 * Create an exception for a proxy that answered, but opened no tunnel.
	 * @param client the client name
	 * @param host the host
	 * @param proxy the proxy
	 * @param status the status code of its answer
	 * @param reason the same in words
	 * @return a new exception
	 */
	public static ConnectionFailedException refused(String client, String host, ProxyName proxy, int status,
			String reason) {
		return new ConnectionFailedException(client, host, Phase.PROXY, "%s refused the tunnel with %d %s. %s"
			.formatted(proxy.text(client), status, Printable.part(reason), remedy(client, status)), null);
	}

	/**
	 * Create an exception for a connection for which the process may open no file.
	 * @param client the client name
	 * @param host the host as {@code scheme://host:port}
	 * @param settings the settings for the host
	 * @param cause the cause
	 * @return a new exception
	 */
	public static ConnectionFailedException tooManyOpenFiles(String client, String host, HostSettings settings,
			Throwable cause) {
		return new ConnectionFailedException(client, host, Phase.CONNECT,
				"opening a socket failed, as the process has all the open files that it may have. Raise that limit (such as 'ulimit -n'), or lower '%s'."
					.formatted(settings.property(client, "pool.max-connections-per-host")),
				cause);
	}

	private static String hint(String remedy) {
		return remedy.isEmpty() ? "" : "." + remedy;
	}

	private static String remedy(String client, int status) {
		if (status == PROXY_AUTHENTICATION_REQUIRED || status == UNAUTHORIZED) {
			return "Check '%s' and '%s', or the user name and password in its URL."
				.formatted(property(client, "proxy.username"), property(client, "proxy.password"));
		}
		if (status >= SERVER_ERROR) {
			return "Check that the proxy can reach the host.";
		}
		return "Have it allow this host and port, or reach the host directly by adding it to '%s'."
			.formatted(property(client, "proxy.no-proxy"));
	}

	/**
	 * Return the step that failed.
	 * @return the phase
	 */
	public Phase phase() {
		return this.phase;
	}

	/**
	 * Return whether the step took too long.
	 * @return whether its deadline has passed
	 */
	public boolean isTimedOut() {
		return this.timedOut;
	}

	/**
	 * A step of opening a connection.
	 */
	public enum Phase {

		/**
		 * Resolving the name, that of the proxy if there is one.
		 */
		DNS("name resolution", " of ", "timeouts.connect"),

		/**
		 * Connecting the socket.
		 */
		CONNECT("connecting", " to ", "timeouts.connect"),

		/**
		 * Having the proxy connect to the host.
		 */
		PROXY("opening a tunnel", " through ", "timeouts.connect"),

		/**
		 * The TLS handshake, certificate checks and ALPN included.
		 */
		TLS("the TLS handshake", " through ", "timeouts.tls-handshake"),

		/**
		 * Waiting for the SETTINGS frame that every HTTP/2 server sends first (RFC 9113,
		 * section 3.4).
		 */
		SETTINGS("the HTTP/2 connection preface", " through ", "timeouts.tls-handshake");

		private final String text;

		private final String preposition;

		private final String property;

		Phase(String text, String preposition, String property) {
			this.text = text;
			this.preposition = preposition;
			this.property = property;
		}

		private Duration deadline(TimeoutSettings timeouts) {
			return (this == TLS || this == SETTINGS) ? timeouts.tlsHandshake() : timeouts.connect();
		}

		private String text(String client, @Nullable ProxyName proxy) {
			return (proxy != null) ? this.text + this.preposition + proxy.text(client) : this.text;
		}

		// One address is in the cause, or not worth telling
		private String text(List<SocketAddress> tried) {
			if (this != CONNECT || tried.size() < 2) {
				return "";
			}
			String named = tried.stream().limit(NAMED).map(Phase::text).collect(Collectors.joining(", "));
			return " (tried %s%s)".formatted(named,
					(tried.size() > NAMED) ? " and %d more".formatted(tried.size() - NAMED) : "");
		}

		private static String text(SocketAddress address) {
			if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
				return address.toString();
			}
			String ip = inet.getAddress().getHostAddress();
			return ((ip.indexOf(':') < 0) ? ip : "[" + ip + "]") + ":" + inet.getPort();
		}

	}

}
