package dev.connpool.finding;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * What is looked for.
 */
public enum Rule {

	/** No connection to a host can be opened. */
	UNREACHABLE(Severity.ERROR, new Unreachable()),

	/** Connections to a host cannot be secured. */
	TLS_FAILING(Severity.ERROR, new TlsFailing()),

	/** A host answers later than this client waits. */
	DEADLINES_PASSING(Severity.ERROR, new DeadlinesPassing()),

	/** A host says itself that it fails. */
	SERVER_ERRORS(Severity.ERROR, new ServerErrors()),

	/** Callers get no connection. */
	TURNED_AWAY(Severity.ERROR, new TurnedAway()),

	/** Requests hold connections although nobody reads their responses. */
	LEAK(Severity.ERROR, new Leaks()),

	/** Callers wait because all connections are in use. */
	POOL_SATURATED(Severity.ERROR, new Saturation()),

	/** Sockets are closed faster than the operating system can forget their ports. */
	EPHEMERAL_PORT_PRESSURE(Severity.WARNING, new PortPressure()),

	/** The server closes idle connections before the client does. */
	IDLE_LONGER_THAN_SERVER(Severity.WARNING, new ServerClosesFirst()),

	/** Connections are closed young because too many are idle. */
	IDLE_CHURN(Severity.WARNING, new IdleChurn()),

	/** More than one pool is open to a host. */
	DUPLICATE_POOLS(Severity.WARNING, new DuplicatePools()),

	/** The server speaks HTTP/1.1 although HTTP/2 is preferred. */
	HTTP2_FALLBACK(Severity.WARNING, new Http2Fallback()),

	/** One address of a host fails while the others do not. */
	ADDRESS_OUTLIER(Severity.WARNING, new AddressOutlier()),

	/** The certificate of a host will soon be no more valid. */
	CERTIFICATE_EXPIRING(Severity.WARNING, new CertificateExpiring()),

	/** Streams are reset, or connections ended, so often that it is no use any more. */
	RESET_STORM(Severity.WARNING, new ResetStorm()),

	/** A deadline can never pass because another one always passes before. */
	DEADLINE_ORDER(Severity.WARNING, new DeadlineOrder()),

	/** Traffic over HTTP/2 goes to few of several addresses. */
	CONNECTION_IMBALANCE(Severity.INFO, new ConnectionImbalance()),

	/** Flow control holds downloads back. */
	H2_WINDOW_SMALL(Severity.INFO, new SmallWindows()),

	/** Beans bring HTTP clients of their own. */
	NOT_POOLED(Severity.INFO, new NotPooled()),

	/** How many connections the measured load needs. */
	RIGHT_SIZE(Severity.INFO, new RightSize());

	private final Severity severity;

	@SuppressWarnings("ImmutableEnumChecker")
	private final @Nullable SettingsCheck settingsCheck;

	@SuppressWarnings("ImmutableEnumChecker")
	private final @Nullable HostCheck hostCheck;

	Rule(Severity severity, SettingsCheck check) {
		this.severity = severity;
		this.settingsCheck = check;
		this.hostCheck = null;
	}

	Rule(Severity severity, HostCheck check) {
		this.severity = severity;
		this.settingsCheck = null;
		this.hostCheck = check;
	}

	/**
	 * Return the name of the rule.
	 * @return the name as it is configured and shown
	 */
	public String id() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Return how bad it is.
	 * @return the severity
	 */
	public Severity severity() {
		return this.severity;
	}

	@Nullable Finding check(ClientEvidence client) {
		String message = (this.settingsCheck != null) ? this.settingsCheck.check(client) : null;
		return (message != null) ? new Finding(this, null, message) : null;
	}

	@Nullable Finding check(HostEvidence host) {
		if (this.hostCheck == null || (this.hostCheck.needsPeriod() && !host.hasPeriod())) {
			return null;
		}
		String message = this.hostCheck.check(host);
		return (message != null) ? new Finding(this, host.origin(), message) : null;
	}

	/**
	 * How bad a finding is.
	 */
	public enum Severity {

		/** Requests fail, or are about to. */
		ERROR,

		/** Requests cost more than they need to, or will fail one day. */
		WARNING,

		/** A value to consider. */
		INFO;

		/**
		 * Return the name of the severity.
		 * @return the name as it is shown
		 */
		public String id() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * Looks at the settings of a client.
	 */
	@FunctionalInterface
	interface SettingsCheck {

		/**
		 * Look at a client.
		 * @param client the client
		 * @return what was found, or {@code null}
		 */
		@Nullable String check(ClientEvidence client);

	}

	/**
	 * Looks at what a client does to one host.
	 */
	@FunctionalInterface
	interface HostCheck {

		/**
		 * Return whether two looks are needed, some time apart.
		 * @return {@code false} if one is enough
		 */
		default boolean needsPeriod() {
			return true;
		}

		/**
		 * Look at a host.
		 * @param host the host
		 * @return what was found, or {@code null}
		 */
		@Nullable String check(HostEvidence host);

	}

}
