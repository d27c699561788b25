package dev.connpool.pool.reactor;

import java.util.List;

import dev.connpool.pool.host.Host;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Takes from a request that was redirected what is not for the host it goes to now, and
 * the body where a redirect has made it a GET (RFC 9110, section 15.4). Callers write it
 * again as they did the first time, and Reactor Netty adds cookies when all else is done.
 */
final class RedirectedRequestHandler extends ChannelOutboundHandlerAdapter {

	private static final List<AsciiString> CREDENTIALS = List.of(HttpHeaderNames.AUTHORIZATION,
			HttpHeaderNames.PROXY_AUTHORIZATION);

	private static final List<AsciiString> OF_A_BODY = List.of(HttpHeaderNames.CONTENT_LENGTH,
			HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderNames.CONTENT_TYPE, HttpHeaderNames.CONTENT_ENCODING,
			HttpHeaderNames.CONTENT_LANGUAGE, HttpHeaderNames.CONTENT_LOCATION, AsciiString.cached("digest"),
			AsciiString.cached("content-digest"), AsciiString.cached("repr-digest"), HttpHeaderNames.LAST_MODIFIED,
			HttpHeaderNames.TRAILER, HttpHeaderNames.EXPECT);

	private final @Nullable Host stranger;

	private final boolean credentialsChosen;

	private final boolean withoutBody;

	/**
	 * Create a handler for one request.
	 * @param stranger the host that it goes to, or {@code null} if the caller has named
	 * that one
	 * @param credentialsChosen whether the application itself says what credentials it
	 * sends after a redirect
	 * @param withoutBody whether the body is dropped
	 */
	RedirectedRequestHandler(@Nullable Host stranger, boolean credentialsChosen, boolean withoutBody) {
		this.stranger = stranger;
		this.credentialsChosen = credentialsChosen;
		this.withoutBody = withoutBody;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
		if (msg instanceof HttpRequest request) {
			amend(request.headers());
		}
		if (msg instanceof LastHttpContent) {
			ctx.pipeline().remove(this);
		}
		if (!this.withoutBody) {
			ctx.write(msg, promise);
		}
		else if (msg instanceof FullHttpRequest whole) {
			ctx.write(whole.replace(Unpooled.EMPTY_BUFFER), promise);
			whole.release();
		}
		else if (msg instanceof HttpRequest) {
			ctx.write(msg, promise);
		}
		else {
			ReferenceCountUtil.release(msg);
			if (msg instanceof LastHttpContent) {
				ctx.write(LastHttpContent.EMPTY_LAST_CONTENT, promise);
			}
			else {
				promise.trySuccess();
			}
		}
	}

	private void amend(HttpHeaders headers) {
		if (this.stranger != null) {
			headers.remove(HttpHeaderNames.COOKIE);
			if (!this.credentialsChosen) {
				CREDENTIALS.forEach(headers::remove);
			}
			headers.set(HttpHeaderNames.HOST, authority(this.stranger));
		}
		if (this.withoutBody) {
			OF_A_BODY.forEach(headers::remove);
		}
	}

	private static String authority(Host host) {
		String authority = host.origin().substring(host.origin().indexOf("://") + 3);
		String usualPort = host.secure() ? ":443" : ":80";
		return authority.endsWith(usualPort) ? authority.substring(0, authority.length() - usualPort.length())
				: authority;
	}

}
