package dev.connpool.pool.http1;

import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.MessageListener;
import dev.connpool.pool.connection.MessageStream;
import dev.connpool.pool.connection.PooledConnection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Carries the messages of one exchange after the other on the pipeline of an HTTP/1.1
 * connection. Only used on its event loop.
 */
final class Http1MessageStream implements MessageStream {

	private final Http1Session session;

	private final Channel channel;

	private @Nullable MessageHandler handler;

	Http1MessageStream(PooledConnection connection, Http1Session session) {
		this.session = session;
		this.channel = connection.channel();
	}

	@Override
	public void open(MessageListener listener) {
		assert connection().inEventLoop();
		this.handler = MessageHandler.tell(this.channel, listener);
	}

	/**
	 * Tell nobody any more.
	 */
	void forget() {
		if (this.handler != null) {
			this.handler.release();
		}
	}

	@Override
	public ByteBufAllocator alloc() {
		return this.channel.alloc();
	}

	@Override
	public ChannelFuture write(HttpRequest head) {
		HttpHeaders headers = head.headers();
		if (!headers.contains(HttpHeaderNames.CONTENT_LENGTH) && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
			headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
		}
		return this.channel.write(head);
	}

	@Override
	public ChannelFuture write(HttpRequest head, @Nullable ByteBuf content) {
		return this.channel.write(new DefaultFullHttpRequest(head.protocolVersion(), head.method(), head.uri(),
				(content != null) ? content : Unpooled.EMPTY_BUFFER, head.headers(), EmptyHttpHeaders.INSTANCE));
	}

	@Override
	public ChannelFuture write(ByteBuf part) {
		return this.channel.write(new DefaultHttpContent(part));
	}

	@Override
	public boolean takesFiles() {
		return !connection().host().secure();
	}

	@Override
	public ChannelFuture write(FileRegion region) {
		return this.channel.write(region);
	}

	@Override
	public ChannelFuture end(@Nullable HttpHeaders trailers) {
		LastHttpContent last = LastHttpContent.EMPTY_LAST_CONTENT;
		if (trailers != null) {
			last = new DefaultLastHttpContent();
			last.trailingHeaders().set(trailers);
		}
		return this.channel.write(last);
	}

	@Override
	public void flush() {
		this.channel.flush();
	}

	@Override
	public boolean isWritable() {
		return this.channel.isWritable();
	}

	@Override
	public void read(boolean wanted) {
		assert connection().inEventLoop();
		this.channel.config().setAutoRead(wanted);
	}

	// As what carries an exchange

	@Override
	public PooledConnection connection() {
		return this.session.connection();
	}

	@Override
	public boolean isConnection() {
		return true;
	}

	@Override
	public int id() {
		return this.session.id();
	}

	@Override
	public boolean isOpen() {
		return this.session.isOpen();
	}

	@Override
	public boolean isReading() {
		return this.session.isReading();
	}

	@Override
	public void close() {
		this.session.close();
	}

	@Override
	public boolean carries(Lease lease) {
		return this.session.carries(lease);
	}

	@Override
	public boolean isIgnored() {
		return false;
	}

	@Override
	public boolean release(Lease lease, boolean answered) {
		return this.session.release(lease, answered);
	}

	@Override
	public @Nullable Flow flow() {
		return null;
	}

}
