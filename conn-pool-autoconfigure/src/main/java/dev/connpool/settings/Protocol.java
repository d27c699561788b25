package dev.connpool.settings;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An application protocol, named as in ALPN (RFC 7301).
 */
public enum Protocol {

	/**
	 * HTTP/1.1 over TLS or cleartext (RFC 9112).
	 */
	HTTP_1_1("http/1.1"),

	/**
	 * HTTP/2 over TLS, negotiated by ALPN (RFC 9113).
	 */
	H2("h2"),

	/**
	 * HTTP/2 over cleartext with prior knowledge (RFC 9113, section 3.3).
	 */
	H2C("h2c");

	private final String id;

	Protocol(String id) {
		this.id = id;
	}

	/**
	 * Return the ALPN protocol id.
	 * @return the id, such as {@code http/1.1}
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Return the protocols with the given ids, in the given order.
	 * @param ids the ALPN protocol ids; case and surrounding space are ignored
	 * @return the protocols
	 * @throws InvalidSettingException if an id is unknown or given twice, or if there is
	 * none
	 */
	public static List<Protocol> parse(List<String> ids) {
		List<Protocol> protocols = ids.stream().map(Protocol::parse).toList();
		if (protocols.isEmpty() || protocols.stream().distinct().count() < protocols.size()) {
			throw new InvalidSettingException("protocols", String.join(", ", ids),
					"must name at least one of " + known() + ", each at most once, in the order of preference");
		}
		return protocols;
	}

	private static Protocol parse(String id) {
		return Arrays.stream(values())
			.filter((protocol) -> protocol.id.equalsIgnoreCase(id.strip()))
			.findFirst()
			.orElseThrow(() -> new InvalidSettingException("protocols", id, "must be one of " + known()
					+ (id.strip().equalsIgnoreCase("h3") ? "; HTTP/3 is not supported by this version" : "")));
	}

	private static String known() {
		return Arrays.stream(values()).map(Protocol::id).collect(Collectors.joining("', '", "'", "'"));
	}

}
