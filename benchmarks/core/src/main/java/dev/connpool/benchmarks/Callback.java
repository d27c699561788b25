package dev.connpool.benchmarks;

/**
 * Told once for each request, on any thread, when the whole body has been read.
 */
@FunctionalInterface
public interface Callback {

	void done(int status, byte[] body, Throwable error);

	default void ok(int status, byte[] body) {
		done(status, body, null);
	}

	default void failed(Throwable error) {
		done(0, null, error);
	}

}
