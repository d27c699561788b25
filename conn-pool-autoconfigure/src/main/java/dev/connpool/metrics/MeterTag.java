package dev.connpool.metrics;

import java.util.Set;

import io.micrometer.common.docs.KeyName;
import org.jspecify.annotations.Nullable;

/**
 * A tag of our meters. Its values are a small set, whatever a server sends.
 */
enum MeterTag implements KeyName {

	/**
	 * Which client.
	 */
	CLIENT("client.name", "Name of the client, `default` for the default client"),

	/**
	 * Which host.
	 */
	ADDRESS("server.address",
			"Name or address of the host; `other` for all hosts beyond the first %d of a client"
				.formatted(ClientMeters.MAX_HOSTS)),

	/**
	 * Which port.
	 */
	PORT("server.port", "Port of the host; `other` for all hosts beyond the bound"),

	/**
	 * What a connection is doing.
	 */
	STATE("http.connection.state", "`connecting`, `handshaking`, `active`, `idle`, `probing` or `draining`"),

	/**
	 * What a connection speaks.
	 */
	PROTOCOL("network.protocol.version", "`1.1` or `2`; `none` before the first connection to the host is open"),

	/**
	 * Why a connection ended.
	 */
	REASON("reason",
			"Why a connection ended or could not be opened, such as `idle-timeout`, `peer-closed`,"
					+ " `goaway`, `response-timeout`, `connect-error` or `tls-error`"),

	/**
	 * Why a request was sent again.
	 */
	REPLAY_REASON("reason",
			"Why a request was sent again: `not-written`, `goaway`, `refused-stream`, `connection-lost` or `status`"),

	/**
	 * How that went.
	 */
	OUTCOME("outcome", "`answered`, `failed`, or `rejected` if it was not sent because too many were"),

	/**
	 * What a server complained about.
	 */
	ERROR("error", "HTTP/2 error code by name, such as `NO_ERROR` or `REFUSED_STREAM`; `UNKNOWN` for any other"),

	/**
	 * What was found.
	 */
	RULE("rule", "Rule that a finding comes of, such as `pool-saturated`"),

	/**
	 * How bad that is.
	 */
	SEVERITY("severity", "`error`, `warning` or `info`; each rule has one");

	private static final Set<String> ERRORS = Set.of("NO_ERROR", "PROTOCOL_ERROR", "INTERNAL_ERROR",
			"FLOW_CONTROL_ERROR", "SETTINGS_TIMEOUT", "STREAM_CLOSED", "FRAME_SIZE_ERROR", "REFUSED_STREAM", "CANCEL",
			"COMPRESSION_ERROR", "CONNECT_ERROR", "ENHANCE_YOUR_CALM", "INADEQUATE_SECURITY", "HTTP_1_1_REQUIRED");

	private final String key;

	private final String description;

	MeterTag(String key, String description) {
		this.key = key;
		this.description = description;
	}

	@Override
	public String asString() {
		return this.key;
	}

	String description() {
		return this.description;
	}

	/**
	 * Return the version of a protocol as OpenTelemetry has it.
	 * @param protocol the ALPN id, or {@code null} if none was negotiated yet
	 * @return the version
	 */
	static String version(@Nullable String protocol) {
		if (protocol == null) {
			return "none";
		}
		return switch (protocol) {
			case "h2", "h2c" -> "2";
			case "h3" -> "3";
			default -> "1.1";
		};
	}

	/**
	 * Return the name of an error code (RFC 9113, section 7), however many a server makes
	 * up.
	 * @param error the name or number of the error code
	 * @return the name, or {@code UNKNOWN}
	 */
	static String error(String error) {
		return ERRORS.contains(error) ? error : "UNKNOWN";
	}

}
