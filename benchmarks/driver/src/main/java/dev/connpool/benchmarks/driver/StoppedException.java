package dev.connpool.benchmarks.driver;

/**
 * Why nothing was measured.
 */
final class StoppedException extends RuntimeException {

	StoppedException(String message) {
		super(message);
	}

}
