package dev.connpool.snapshot;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * One exchange in flight at one instant: an HTTP/2 stream, or what an HTTP/1.1 connection
 * is doing.
 *
 * @param id the stream id, 1 on HTTP/1.1, 0 before there is one
 * @param state the state as in RFC 9113, section 5.1, such as {@code half-closed-local}
 * @param method the request method
 * @param uriTemplate the URI template of the request, or {@code null} if it had none
 * @param path the path and query; never to be shown unless values may be
 * @param age how long ago it was begun
 * @param bytesSent bytes of the request body
 * @param bytesReceived bytes of the response body
 * @param sendWindow bytes that may be sent before the server asks for more, or
 * {@code null} on HTTP/1.1
 * @param receiveWindow bytes that the server may send before it is asked for more, or
 * {@code null} on HTTP/1.1
 * @param leak what is wrong if nobody reads the response, or {@code null}
 */
public record StreamSnapshot(int id, String state, String method, @Nullable String uriTemplate, String path,
		Duration age, long bytesSent, long bytesReceived, @Nullable Integer sendWindow, @Nullable Integer receiveWindow,
		@Nullable Leak leak) {

	/**
	 * A response that nobody has read for too long.
	 *
	 * @param quietFor how long
	 * @param callSite the innermost frames of the application when it asked for it; empty
	 * if they are not known
	 */
	public record Leak(Duration quietFor, List<String> callSite) {
	}

}
