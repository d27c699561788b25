package dev.connpool.pool.exchange;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.netty.buffer.ByteBuf;
import io.netty.channel.DefaultFileRegion;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * Says in the head of a request where its content ends (RFC 9112, section 6), unless the
 * caller has said so.
 */
final class RequestFraming {

	private RequestFraming() {
	}

	/**
	 * Tell whether a request usually has content. Who sends one of these without says so
	 * (RFC 9110, section 8.6).
	 * @param method the method
	 * @return whether a server expects some
	 */
	static boolean mayHaveContent(HttpMethod method) {
		return method.equals(HttpMethod.POST) || method.equals(HttpMethod.PUT) || method.equals(HttpMethod.PATCH);
	}

	/**
	 * Say how long the content is that is there.
	 * @param head the head, which is changed
	 * @param content the content, or {@code null} if there is none
	 */
	static void whole(HttpRequest head, @Nullable ByteBuf content) {
		HttpHeaders headers = head.headers();
		boolean stated = headers.contains(HttpHeaderNames.CONTENT_LENGTH);
		if (!stated && content != null && content.isReadable()) {
			headers.setInt(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
		}
		else if (!stated && mayHaveContent(head.method())) {
			headers.set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
		}
		if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
			// Encoders of Spring add the length of what is there to what is stated.
			headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
		}
	}

	/**
	 * Open a file that is to be sent.
	 * @param file the file
	 * @param region what is to be sent of it
	 * @throws IOException if it cannot be read, or is shorter than that
	 */
	static void open(Path file, DefaultFileRegion region) throws IOException {
		region.open();
		long missing = region.position() + region.count() - Files.size(file);
		if (missing > 0) {
			throw new EOFException("The file '%s' ends %d bytes before what is to be sent of it does"
				.formatted(file.getFileName(), missing));
		}
	}

}
