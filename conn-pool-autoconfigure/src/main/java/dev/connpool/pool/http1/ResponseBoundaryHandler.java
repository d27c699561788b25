package dev.connpool.pool.http1;

import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what the server sends within the response that it is asked for: what is left
 * behind the end of one, or comes before the next request, is nobody's answer and ends
 * the connection (RFC 9112, sections 6.3 and 9.2). Line ends alone are ignored, as
 * section 9.2 allows.
 * <p>
 * It stands in front of the decoder, which tells only of messages, and late: neither that
 * a response has begun to arrive, nor that it holds a part of another one. It works
 * directly on the buffers that it is given, the rest of one included; so what is unread
 * in the buffer here is what the decoder has not read.
 */
final class ResponseBoundaryHandler extends ChannelDuplexHandler {

	static final String NAME = "connpool.response-boundary";

	private final Http1Session session;

	private final PooledConnection connection;

	/** Whether a response is due. */
	private boolean due;

	/** What the decoder works on or keeps for later; {@code null} if that is nothing. */
	private @Nullable ByteBuf input;

	/** Whether the status line of the head that is due has arrived. */
	private boolean begun;

	/** Whether the connection speaks something else now. */
	private boolean upgraded;

	/** Whether this end has begun to close the connection. */
	private boolean closing;

	/** Whether the server has said over TLS that it sends no more. */
	private boolean closeNotified;

	/** Whether nothing can come any more. */
	private boolean ended;

	ResponseBoundaryHandler(Http1Session session) {
		this.session = session;
		this.connection = session.connection();
	}

	/**
	 * Note that a request is about to be written.
	 */
	void requestBegins() {
		this.due = true;
		this.begun = false;
	}

	/**
	 * Note that another head follows the interim one that is being passed on.
	 * @return whether its status line is one, as far as it has arrived
	 */
	boolean anotherHeadFollows() {
		this.begun = false;
		return this.input == null || isStatusLineNext(this.input);
	}

	/**
	 * Look at the status line, of which the decoder keeps only what it takes for the
	 * status.
	 * @param bytes what the decoder is given
	 * @return whether it may be decoded
	 */
	private boolean isStatusLineNext(ByteBuf bytes) {
		StatusLine line = this.begun ? null : StatusLine.next(bytes);
		this.begun |= line != null;
		return line == null || line.hasStatus();
	}

	/**
	 * Note that the response has ended, while its last part is being passed on.
	 */
	void responseEnds() {
		this.due = false;
		if (this.input != null) {
			discard(this.input);
		}
	}

	/**
	 * Note that what follows the response is not HTTP, while its last part is being
	 * passed on.
	 */
	void connectionIsUpgraded() {
		this.upgraded = true;
	}

	boolean isUpgraded() {
		return this.upgraded;
	}

	/**
	 * Return whether the response that ends now is one that only the end of the
	 * connection ends, and that end may have cut it short: it was not the server that
	 * closed, or the network did, which over TLS anybody can pretend (RFC 9112, section
	 * 9.8).
	 * @return whether a part of it may be missing
	 */
	boolean isCutShort() {
		if (!this.ended) {
			return false;
		}
		boolean secure = this.connection.record().tls() != null;
		return secure ? !this.closeNotified : this.closing || this.connection.end().failure() != null;
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		if (this.upgraded || !(msg instanceof ByteBuf bytes)) {
			ctx.fireChannelRead(msg);
		}
		else if (!this.due) {
			try {
				discard(bytes);
			}
			finally {
				bytes.release();
			}
		}
		else {
			Lease lease = this.session.current();
			if (lease != null) {
				lease.heard();
			}
			decode(ctx, bytes);
		}
	}

	private void discard(ByteBuf unsolicited) {
		int length = unsolicited.readableBytes();
		if (unsolicited.forEachByte((octet) -> octet == '\r' || octet == '\n') >= 0 && this.connection.isFit()) {
			this.connection.close(CloseReason.PROTOCOL_ERROR);
		}
		unsolicited.skipBytes(length);
	}

	private void decode(ChannelHandlerContext ctx, ByteBuf bytes) {
		ByteBuf rest = this.input;
		ByteBuf whole = (rest != null || !bytes.isContiguous()) ? merge(ctx.alloc(), rest, bytes) : bytes;
		this.input = whole.retain();
		if (!isStatusLineNext(whole)) {
			whole.release();
			forget();
			refuse();
			return;
		}
		try {
			ctx.fireChannelRead(whole);
		}
		finally {
			if (this.upgraded || !whole.isReadable()) {
				forget();
			}
		}
	}

	private void refuse() {
		Lease lease = this.session.current();
		if (lease != null) {
			lease.abort(this.connection.host().errors().protocolError(StatusLine.NO_STATUS),
					CloseReason.PROTOCOL_ERROR);
		}
		else {
			this.connection.close(CloseReason.PROTOCOL_ERROR);
		}
	}

	/**
	 * Put what the decoder keeps and what has arrived into one buffer, which the decoder
	 * takes in place of the one that it has.
	 * @param alloc makes the buffer
	 * @param rest what the decoder keeps, which is read to its end
	 * @param bytes what has arrived
	 * @return the buffer
	 */
	private ByteBuf merge(ByteBufAllocator alloc, @Nullable ByteBuf rest, ByteBuf bytes) {
		try {
			int kept = (rest != null) ? rest.readableBytes() : 0;
			ByteBuf whole = alloc.buffer(kept + bytes.readableBytes());
			if (rest != null) {
				whole.writeBytes(rest);
				forget();
			}
			return whole.writeBytes(bytes);
		}
		finally {
			bytes.release();
		}
	}

	private void forget() {
		ByteBuf known = this.input;
		this.input = null;
		if (known != null) {
			known.release();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
		if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess() && !this.closing) {
			this.closeNotified = true;
		}
		ctx.fireUserEventTriggered(event);
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		this.closing = true;
		ctx.close(promise);
	}

	@Override
	public void channelInactive(ChannelHandlerContext ctx) {
		this.ended = true;
		ctx.fireChannelInactive();
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext ctx) {
		forget();
	}

}
