package dev.connpool.autoconfigure.binding;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.connpool.settings.TimeoutSettings;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about deadlines.
 *
 * @param connect Time to resolve the name of a host and connect, over all its addresses.
 * @param tlsHandshake Time for a TLS handshake, and for the SETTINGS of an HTTP/2 server.
 * @param acquire Time a caller waits for a connection.
 * @param responseHeader Time from the request being written to the head of its response.
 * 0 means no limit.
 * @param request Time from subscription to the last byte of the response body. 0 means no
 * limit. Event streams leave it when their headers have arrived.
 * @param streamIdle Time of silence within the body of an event stream. 0 means no limit.
 * @param expectContinue Time to wait with the body of a request with "Expect:
 * 100-continue" for the server to ask for it. 0 sends it at once.
 */
record TimeoutProperties(@Nullable Duration connect, @Nullable Duration tlsHandshake, @Nullable Duration acquire,
		@Nullable Duration responseHeader, @Nullable Duration request, @Nullable Duration streamIdle,
		@Nullable Duration expectContinue) {

	TimeoutSettings over(TimeoutSettings base) {
		return base.with((timeouts) -> timeouts.connect(Absent.or(this.connect, base.connect()))
			.tlsHandshake(Absent.or(this.tlsHandshake, base.tlsHandshake()))
			.acquire(Absent.or(this.acquire, base.acquire()))
			.responseHeader(Absent.or(this.responseHeader, base.responseHeader()))
			.request(Absent.or(this.request, base.request()))
			.streamIdle(Absent.or(this.streamIdle, base.streamIdle()))
			.expectContinue(Absent.or(this.expectContinue, base.expectContinue())));
	}

	/**
	 * Return what is written.
	 * @return the values, by name; {@code null} for what is not written
	 */
	Map<String, @Nullable Object> values() {
		Map<String, @Nullable Object> values = new LinkedHashMap<>();
		values.put("connect", this.connect);
		values.put("tls-handshake", this.tlsHandshake);
		values.put("acquire", this.acquire);
		values.put("response-header", this.responseHeader);
		values.put("request", this.request);
		values.put("stream-idle", this.streamIdle);
		values.put("expect-continue", this.expectContinue);
		return values;
	}

}
