package dev.connpool.pool.connection;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;

/**
 * Tells interim responses from final ones (RFC 9110, section 15.2).
 */
public final class InterimResponses {

	private static final int SWITCHING_PROTOCOLS = 101;

	private InterimResponses() {
	}

	/**
	 * Return whether another response follows. Reactor Netty knows that of 100 only and
	 * would take any other for the final one.
	 * @param response the head of a response
	 * @return whether it is for nobody
	 */
	public static boolean isInterim(HttpResponse response) {
		int code = response.status().code();
		return HttpStatusClass.INFORMATIONAL.contains(code) && code != SWITCHING_PROTOCOLS;
	}

}
