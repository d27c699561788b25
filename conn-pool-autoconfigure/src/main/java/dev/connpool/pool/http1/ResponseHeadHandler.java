package dev.connpool.pool.http1;

import java.util.List;

import dev.connpool.pool.connection.InterimResponses;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Looks at where HTTP/1.1 responses begin and end on the wire. A head that leaves it open
 * what follows, or says something else than the decoder has understood, ends the exchange
 * and the connection.
 */
final class ResponseHeadHandler extends ChannelDuplexHandler {

	/**
	 * Before the handlers that Reactor Netty adds for a WebSocket, or callers add first.
	 */
	static final String NAME = NettyPipeline.LEFT + "connpool.response-head";

	private static final int LOWEST_STATUS = 100;

	private static final int HIGHEST_STATUS = 999;

	private final Http1Session session;

	private final PooledConnection connection;

	private final Upgrade upgrade = new Upgrade();

	private final ResponseBoundaryHandler boundary;

	private HttpMethod method = HttpMethod.GET;

	/** What the response is that is being received, or was last. */
	private Kind kind = Kind.FINAL;

	/** Whether what follows is nothing that a caller waits for. */
	private boolean over;

	ResponseHeadHandler(Http1Session session, ResponseBoundaryHandler boundary) {
		this.session = session;
		this.connection = session.connection();
		this.boundary = boundary;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof HttpRequest request) {
			this.method = request.method();
			this.upgrade.asked(request);
		}
		ctx.write(msg, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		Lease lease = this.session.current();
		if (this.over) {
			ReferenceCountUtil.release(msg);
		}
		else if (lease != null && msg instanceof HttpResponse response && response.decoderResult().isSuccess()) {
			read(ctx, response, lease);
		}
		else if (lease != null && msg instanceof LastHttpContent last && last.decoderResult().isSuccess()
				&& !isInterim()) {
			readEnd(ctx, last);
		}
		else {
			ctx.fireChannelRead(msg);
		}
	}

	// What is received from now on is none of it, however much of it is still to be
	// decoded and read.
	private void readEnd(ChannelHandlerContext ctx, LastHttpContent last) {
		if (this.boundary.isCutShort()) {
			// The end of the channel, which follows, is told in place of this.
			ReferenceCountUtil.release(last);
			if (this.connection.record().tls() != null) {
				this.connection.end().cutShort();
			}
			return;
		}
		if (this.kind == Kind.UPGRADE) {
			this.boundary.connectionIsUpgraded();
		}
		else {
			this.boundary.responseEnds();
		}
		ctx.fireChannelRead(last);
	}

	private void read(ChannelHandlerContext ctx, HttpResponse response, Lease lease) {
		String fault = fault(response);
		if (fault != null) {
			this.over = true;
			ReferenceCountUtil.release(response);
			lease.abort(this.connection.host().errors().protocolError(fault), CloseReason.PROTOCOL_ERROR);
			return;
		}
		boolean tunnel = isTunnel(response, this.method);
		this.kind = Kind.of(response, tunnel);
		if (this.kind == Kind.UPGRADE) {
			this.connection.markPersistent(false);
		}
		if (!isInterim()) {
			this.upgrade.answered(response);
		}
		ctx.fireChannelRead(response);
		if (tunnel && !HttpResponseStatus.OK.equals(response.status())) {
			// The decoder knows no other, and waits for a body.
			this.over = true;
			readEnd(ctx, LastHttpContent.EMPTY_LAST_CONTENT);
		}
	}

	/**
	 * Return whether another response follows the one that is being received. Known to
	 * whoever is told of its head.
	 * @return whether it is for nobody
	 */
	boolean isInterim() {
		return this.kind == Kind.INTERIM;
	}

	/**
	 * Return whether the response that is being received is the last before the next
	 * request.
	 * @return whether neither another follows nor what is not HTTP
	 */
	boolean isFinal() {
		return this.kind == Kind.FINAL;
	}

	private @Nullable String fault(HttpResponse response) {
		int status = response.status().code();
		if (response.protocolVersion().majorVersion() != 1) {
			return "the version of the response is %s (RFC 9112, section 2.3)".formatted(response.protocolVersion());
		}
		if (status < LOWEST_STATUS || status > HIGHEST_STATUS) {
			return "the status of the response is %d (RFC 9110, section 15)".formatted(status);
		}
		if (InterimResponses.isInterim(response) && !this.boundary.anotherHeadFollows()) {
			return StatusLine.NO_STATUS;
		}
		return Upgrade.isSwitch(response) ? this.upgrade.fault(response) : codingFault(response);
	}

	private @Nullable String codingFault(HttpResponse response) {
		String coding = response.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
		if (coding == null || isTunnel(response, this.method)) {
			return null;
		}
		List<String> codings = response.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
		return (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding.strip()))
				? "the Transfer-Encoding of the response is not just 'chunked' (RFC 9112, sections 6.1 and 7)" : null;
	}

	/**
	 * Tell whether the connection is a tunnel from now on (RFC 9110, section 9.3.6),
	 * which serves no other request, whatever its header says of a body.
	 * @param response the head of the response
	 * @param method the method of the request
	 * @return whether the server has agreed to a CONNECT
	 */
	static boolean isTunnel(HttpResponse response, HttpMethod method) {
		return HttpMethod.CONNECT.equals(method) && response.status().codeClass() == HttpStatusClass.SUCCESS;
	}

	@Override
	public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
		Lease lease = this.session.current();
		if (lease != null && !this.connection.end().isNoted()) {
			boolean established = lease.isEventStream();
			CloseReason reason = this.upgrade.reason(established);
			if (reason != null && !(established && lease.isAbandoned())) {
				this.connection.end().note(reason);
			}
		}
		ctx.close(promise);
	}

	/**
	 * What follows a response. Each head says it anew.
	 */
	private enum Kind {

		/** Another response, to the same request. */
		INTERIM,

		/** The response to the next request. */
		FINAL,

		/** Something that is not HTTP: the protocol was switched, or this is a tunnel. */
		UPGRADE;

		static Kind of(HttpResponse response, boolean tunnel) {
			if (tunnel || Upgrade.isSwitch(response)) {
				return UPGRADE;
			}
			return InterimResponses.isInterim(response) ? INTERIM : FINAL;
		}

	}

}
