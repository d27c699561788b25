package dev.connpool.sample;

import java.util.Locale;

/**
 * A way in which a host or a client may be ill.
 */
enum Sickness {

	/** Nobody listens. */
	REFUSED("unreachable", "/"),

	/** Nobody answers. */
	BLACK_HOLE("unreachable", "/"),

	/** The certificate is not trusted. */
	UNTRUSTED("tls-failing", "/fast"),

	/** The server is slower than the client waits. */
	SLOW("deadlines-passing", "/slow/60000"),

	/** The server says that it fails. */
	FAILING("server-errors", "/fail"),

	/** There are fewer connections than are needed. */
	SATURATED("pool-saturated", "/slow/2000"),

	/** Nobody reads the responses. */
	LEAKING("leak", "/large");

	private final String finding;

	private final String path;

	Sickness(String finding, String path) {
		this.finding = finding;
		this.path = path;
	}

	String client() {
		return name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	/**
	 * Return what the client is to find of it.
	 * @return the rule
	 */
	String finding() {
		return this.finding;
	}

	String path() {
		return this.path;
	}

}
