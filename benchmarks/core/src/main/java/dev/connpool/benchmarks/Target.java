package dev.connpool.benchmarks;

/**
 * Where a client has to send its requests.
 *
 * @param protocol what to speak
 * @param port the port on {@link #HOST}
 * @param maxConnections the connection cap of every pool that has one, for HTTP/1.1
 * @param options switches of the adapter, separated by commas
 */
public record Target(Protocol protocol, int port, int maxConnections, String options) {

	public static final String HOST = "localhost";

	public String baseUri() {
		return (this.protocol.tls() ? "https://" : "http://") + HOST + ":" + this.port;
	}

	public boolean option(String name) {
		return (',' + this.options + ',').contains(',' + name + ',');
	}

}
