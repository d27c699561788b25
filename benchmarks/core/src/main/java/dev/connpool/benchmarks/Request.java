package dev.connpool.benchmarks;

import java.util.Arrays;

/**
 * A GET if there is no body, else a POST of it.
 *
 * @param path the path
 * @param body the body, or {@code null}
 */
public record Request(String path, byte[] body) {

	private static final byte[] KILOBYTE = new byte[1024];

	private static final byte[] LARGE = new byte[10 * 1024 * 1024];

	static {
		Arrays.fill(KILOBYTE, (byte) 'p');
	}

	public static Request to(String path) {
		return new Request(path, switch (path) {
			case "/post" -> KILOBYTE;
			case "/upload10m" -> LARGE;
			default -> null;
		});
	}

	/**
	 * Return how long the response has to be.
	 * @return the number of bytes
	 */
	public int expectedLength() {
		return switch (this.path) {
			case "/json10k" -> 10 * 1024;
			case "/big1m" -> 1024 * 1024;
			case "/big10m" -> 10 * 1024 * 1024;
			default -> 100;
		};
	}

}
