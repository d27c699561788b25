package dev.connpool.benchmarks.driver;

import dev.connpool.benchmarks.Protocol;

/**
 * {@value #SIZE} requests at once, each answered after 50 ms, on a client that has no
 * connection yet.
 *
 * @param server the server
 * @param protocol what is spoken
 */
record Burst(Server server, Protocol protocol) {

	static final int SIZE = 1000;

	/** The limit of connections that clients are given where they have one. */
	static final int CONNECTIONS = 500;

	/**
	 * Read a burst.
	 * @param text as {@code nginx:H2}
	 * @return the burst
	 */
	static Burst parse(String text) {
		Cell cell = Cell.parse(text + ":/delay:" + SIZE);
		return new Burst(cell.server(), cell.protocol());
	}

	String title() {
		return "Cold burst of %,d, %s, %s".formatted(SIZE, Cell.title(this.protocol), this.server.title());
	}

	@Override
	public String toString() {
		return this.server.id() + ":" + this.protocol;
	}

}
