package dev.connpool.benchmarks.soak;

import java.util.List;
import java.util.Locale;

import dev.connpool.benchmarks.Row;
import dev.connpool.benchmarks.soak.Doors.Door;

/**
 * Where requests are sent.
 */
enum Target {

	HTTP1("http", "default"),

	HTTP1_TLS("https", "default"),

	HTTP2_TLS("https", "default"),

	/** HTTP/2 with prior knowledge. */
	HTTP2("http", "h2c"),

	/** Where nobody listens. */
	NOBODY("http", "default");

	private static final List<Door> WITHOUT_REST_CLIENT = List.of(Door.WEB_CLIENT, Door.HTTP_CLIENT);

	private final String scheme;

	private final String client;

	Target(String scheme, String client) {
		this.scheme = scheme;
		this.client = client;
	}

	/**
	 * Return the name of the client that calls it.
	 * @return the name
	 */
	String client() {
		return this.client;
	}

	/**
	 * Return the doors that lead there: Boot's builder is that of the default client.
	 * @return the doors
	 */
	List<Door> doors() {
		return this.client.equals("default") ? List.of(Door.values()) : WITHOUT_REST_CLIENT;
	}

	String origin(Row ports) {
		return "%s://127.0.0.1:%s".formatted(this.scheme, ports.text(name().toLowerCase(Locale.ROOT)));
	}

}
