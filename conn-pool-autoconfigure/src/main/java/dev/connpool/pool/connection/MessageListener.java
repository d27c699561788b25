package dev.connpool.pool.connection;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Who reads what a {@link MessageStream} carries. Told on the event loop of the
 * connection: the head, content, the end; or that there is no more of it.
 */
public interface MessageListener {

	/**
	 * Take the final head of the response.
	 * @param head the head
	 * @param last whether nothing follows but the end
	 */
	void onHead(HttpResponse head, boolean last);

	/**
	 * Take a part of the content, which belongs to this from now on.
	 * @param part the part
	 */
	void onContent(ByteBuf part);

	/**
	 * Note that the response has ended. The stream is carried until it is released.
	 * @param trailers what followed the content, or {@code null} if nothing did
	 */
	void onEnd(@Nullable HttpHeaders trailers);

	/**
	 * Note that the stream takes more of the request again.
	 */
	void onWritable();

	/**
	 * Note that something went wrong.
	 * @param cause what was reported
	 */
	void onError(Throwable cause);

	/**
	 * Note that nothing can be written or read any more.
	 */
	void onClosed();

}
