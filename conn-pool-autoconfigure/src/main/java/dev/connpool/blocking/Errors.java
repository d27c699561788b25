package dev.connpool.blocking;

import java.io.IOException;
import java.net.SocketTimeoutException;

import io.netty.handler.timeout.ReadTimeoutException;

/**
 * Errors as callers expect them who wait: Spring tells them of nothing but an
 * {@link IOException} that something went wrong on the way.
 */
final class Errors {

	private Errors() {
	}

	/**
	 * Return an error as one of input and output.
	 * @param error what went wrong
	 * @return the same, or what has it as its cause
	 */
	static IOException of(Throwable error) {
		if (error instanceof IOException known) {
			return known;
		}
		if (error instanceof ReadTimeoutException) {
			IOException timeout = new SocketTimeoutException("The server was silent for too long");
			timeout.initCause(error);
			return timeout;
		}
		return new IOException(error.getMessage(), error);
	}

}
