package dev.connpool.benchmarks.driver;

import dev.connpool.benchmarks.Protocol;

/**
 * A steady load that every client is measured with.
 *
 * @param server the server
 * @param protocol what is spoken
 * @param path what is asked for
 * @param inFlight how many requests at once
 */
record Cell(Server server, Protocol protocol, String path, int inFlight) {

	/**
	 * Read a cell.
	 * @param text as {@code nginx:H2:/small:64}
	 * @return the cell
	 */
	static Cell parse(String text) {
		String[] parts = text.split(":");
		try {
			return new Cell(Server.of(parts[0]), Protocol.valueOf(parts[1]), parts[2], Integer.parseInt(parts[3]));
		}
		catch (IllegalArgumentException | ArrayIndexOutOfBoundsException ex) {
			throw new StoppedException("'%s' is no cell; one is 'nginx:H2:/small:64'".formatted(text));
		}
	}

	String title() {
		String what = switch (this.path) {
			case "/small" -> "100 B";
			case "/json10k" -> "10 KiB";
			case "/big1m" -> "1 MiB";
			case "/big10m" -> "10 MiB";
			default -> "POST 1 KiB";
		};
		return "%s, %s, %d in flight, %s".formatted(title(this.protocol), what, this.inFlight, this.server.title());
	}

	static String title(Protocol protocol) {
		return switch (protocol) {
			case H1 -> "HTTP/1.1";
			case H1S -> "HTTP/1.1 over TLS";
			case H2 -> "HTTP/2 over TLS";
			case H2C -> "h2c";
		};
	}

	@Override
	public String toString() {
		return this.server.id() + ":" + this.protocol + ":" + this.path + ":" + this.inFlight;
	}

}
