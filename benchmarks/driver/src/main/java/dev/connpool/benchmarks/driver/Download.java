package dev.connpool.benchmarks.driver;

import dev.connpool.benchmarks.Protocol;

/**
 * One response of 10 MiB at a time, or one request. What it takes is mostly waiting, so
 * time counts instead of CPU time.
 *
 * @param server the server
 * @param protocol what is spoken
 * @param path what is asked for
 */
record Download(Server server, Protocol protocol, String path) {

	private static final String DOWN = "/big10m";

	private static final String UP = "/upload10m";

	/**
	 * Read a download.
	 * @param text as {@code nginx-far:H2}, or {@code nginx-far:H2:/upload10m}
	 * @return the download
	 */
	static Download parse(String text) {
		String whole = text.contains("/") ? text : text + ":" + DOWN;
		Cell cell = Cell.parse(whole + ":1");
		return new Download(cell.server(), cell.protocol(), cell.path());
	}

	String title() {
		return "%s of 10 MiB, %s, %s".formatted(this.path.equals(UP) ? "Upload" : "Download", Cell.title(this.protocol),
				this.server.title());
	}

	@Override
	public String toString() {
		return this.server.id() + ":" + this.protocol + ":" + this.path;
	}

}
