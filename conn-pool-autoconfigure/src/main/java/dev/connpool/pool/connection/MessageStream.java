package dev.connpool.pool.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * What carries an exchange that is written and read as messages, both ways at the same
 * time if need be, without a channel of its own. What is written is sent with the next
 * {@link #flush()}; who has written it is told by a future. Nothing is written any more
 * once this has ended: buffers are released, and futures fail or are never done.
 */
public interface MessageStream extends SessionStream {

	/**
	 * Tell somebody what is read. Before anything is written.
	 * @param listener who is told
	 */
	void open(MessageListener listener);

	/**
	 * Return what makes buffers for this.
	 * @return the allocator of the connection
	 */
	ByteBufAllocator alloc();

	// The request

	/**
	 * Write the head of a request whose content follows. How it is framed is up to this.
	 * @param head the head
	 * @return done when it is sent
	 */
	ChannelFuture write(HttpRequest head);

	/**
	 * Write a whole request.
	 * @param head the head, which says how long the content is
	 * @param content the content, which is released, or {@code null} if there is none
	 * @return done when it is sent
	 */
	ChannelFuture write(HttpRequest head, @Nullable ByteBuf content);

	/**
	 * Write a part of the content.
	 * @param part the part, which is released
	 * @return done when it is sent
	 */
	ChannelFuture write(ByteBuf part);

	/**
	 * Return whether parts of files can be written.
	 * @return whether they are sent as they are, neither framed nor encrypted
	 */
	default boolean takesFiles() {
		return false;
	}

	/**
	 * Write a part of a file as content. Only if {@link #takesFiles()}.
	 * @param region the part, which is released
	 * @return done when it is sent
	 */
	ChannelFuture write(FileRegion region);

	/**
	 * Write the end of a request whose content was written part by part.
	 * @param trailers what follows the content, or {@code null} if nothing does
	 * @return done when it is sent
	 */
	ChannelFuture end(@Nullable HttpHeaders trailers);

	/**
	 * Send what was written, with what others write in the same turn of the event loop.
	 */
	void flush();

	/**
	 * Return whether more of the content is taken. If not, the listener is told when it
	 * is.
	 * @return whether neither the socket nor the server holds it back
	 */
	boolean isWritable();

	/**
	 * Return whether more of the request may be written. If not, it may be that the
	 * server wants no more of it, and has answered.
	 * @return whether the stream is not closed
	 */
	default boolean mayWrite() {
		return isOpen();
	}

	// The response

	/**
	 * Take the response as it comes, or have the server wait.
	 * @param wanted whether anybody waits for it
	 */
	void read(boolean wanted);

}
