package dev.connpool.settings;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * An application protocol, named as in ALPN (RFC 7301).
 */
public enum Protocol {

	/**
	 * HTTP/1.1 over TLS or cleartext (RFC 9112).
	 */
	HTTP_1_1("http/1.1", true, true, false),

	/**
	 * HTTP/2 over TLS, negotiated by ALPN (RFC 9113).
	 */
	H2("h2", true, false, true),

	/**
	 * HTTP/2 over cleartext with prior knowledge (RFC 9113, section 3.3).
	 */
	H2C("h2c", false, true, true);

	private final String id;

	private final boolean secure;

	private final boolean cleartext;

	private final boolean multiplexed;

	Protocol(String id, boolean secure, boolean cleartext, boolean multiplexed) {
		this.id = id;
		this.secure = secure;
		this.cleartext = cleartext;
		this.multiplexed = multiplexed;
	}

	/**
	 * Return the ALPN protocol id.
	 * @return the id, such as {@code http/1.1}
	 */
	public String id() {
		return this.id;
	}

	/**
	 * Return whether the protocol is spoken on connections of a kind.
	 * @param secure whether they are those of {@code https}, with TLS
	 * @return whether it can be spoken there
	 */
	public boolean isSpokenOver(boolean secure) {
		return secure ? this.secure : this.cleartext;
	}

	/**
	 * Return whether several exchanges share one connection at the same time.
	 * @return whether there are streams
	 */
	public boolean isMultiplexed() {
		return this.multiplexed;
	}

	/**
	 * Return what is spoken over TLS with a server.
	 * @param alpn what it has chosen, or {@code null} if it chose nothing
	 * @return the protocol of that id, else HTTP/1.1, which needs no choice
	 */
	public static Protocol negotiated(@Nullable String alpn) {
		for (Protocol protocol : values()) {
			if (protocol.secure && protocol.id.equals(alpn)) {
				return protocol;
			}
		}
		return HTTP_1_1;
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
