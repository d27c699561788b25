package dev.connpool.benchmarks;

/**
 * What is spoken, and whether over TLS.
 */
public enum Protocol {

	H1(false, false), H1S(true, false), H2(true, true), H2C(false, true);

	private final boolean tls;

	private final boolean http2;

	Protocol(boolean tls, boolean http2) {
		this.tls = tls;
		this.http2 = http2;
	}

	public boolean tls() {
		return this.tls;
	}

	public boolean http2() {
		return this.http2;
	}

}
