package dev.connpool.benchmarks.driver;

import dev.connpool.benchmarks.Protocol;

/**
 * One response of 10 MiB at a time. What it takes is mostly waiting, so time counts
 * instead of CPU time.
 *
 * @param server the server
 * @param protocol what is spoken
 */
record Download(Server server, Protocol protocol) {

	static final String PATH = "/big10m";

	/**
	 * Read a download.
	 * @param text as {@code nginx-far:H2}
	 * @return the download
	 */
	static Download parse(String text) {
		Cell cell = Cell.parse(text + ":" + PATH + ":1");
		return new Download(cell.server(), cell.protocol());
	}

	String title() {
		return "Download of 10 MiB, %s, %s".formatted(Cell.title(this.protocol), this.server.title());
	}

	@Override
	public String toString() {
		return this.server.id() + ":" + this.protocol;
	}

}
