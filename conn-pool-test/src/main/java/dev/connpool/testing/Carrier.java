package dev.connpool.testing;

/**
 * What a scripted server speaks, and over what.
 */
enum Carrier {

	/** HTTP/1.1 over cleartext. */
	H1("http", "HTTP/1.1", false),

	/** HTTP/1.1 over TLS, without ALPN. */
	H1_TLS("https", "HTTP/1.1", false),

	/** HTTP/2 over TLS, by ALPN. */
	H2("https", "HTTP/2", true),

	/** HTTP/2 over cleartext, with prior knowledge. */
	H2C("http", "HTTP/2", true);

	private final String scheme;

	private final String version;

	private final boolean multiplexed;

	Carrier(String scheme, String version, boolean multiplexed) {
		this.scheme = scheme;
		this.version = version;
		this.multiplexed = multiplexed;
	}

	String scheme() {
		return this.scheme;
	}

	boolean isSecure() {
		return this.scheme.equals("https");
	}

	boolean isMultiplexed() {
		return this.multiplexed;
	}

	@Override
	public String toString() {
		return this.version;
	}

}
