package dev.connpool.metrics;

/**
 * A host as OpenTelemetry names it.
 *
 * @param address the name or address, without brackets
 * @param port the port
 */
record ServerAddress(String address, String port) {

	/**
	 * All hosts beyond those that have meters of their own.
	 */
	static final ServerAddress OTHER = new ServerAddress("other", "other");

	private static final String NO_PORT = "none";

	/**
	 * Split the name of a host.
	 * @param host the host as {@code scheme://host:port}, or the path of a domain socket
	 * @return its parts
	 */
	static ServerAddress of(String host) {
		int start = host.indexOf("://");
		int colon = host.lastIndexOf(':');
		if (start < 0 || colon <= start) {
			return new ServerAddress(host, NO_PORT);
		}
		String address = host.substring(start + 3, colon);
		return new ServerAddress(withoutBrackets(address), host.substring(colon + 1));
	}

	private static String withoutBrackets(String address) {
		return (address.startsWith("[") && address.endsWith("]")) ? address.substring(1, address.length() - 1)
				: address;
	}

}
