package dev.connpool.pool.http1;

import dev.connpool.pool.host.ProxyAuthorization;
import dev.connpool.settings.Proxy;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;

/**
 * Writes requests so that a proxy forwards them: with the absolute form of their target
 * (RFC 9112, section 3.2.2).
 */
final class ProxyForwardHandler extends ChannelOutboundHandlerAdapter {

	private final String origin;

	private final Proxy proxy;

	ProxyForwardHandler(String origin, Proxy proxy) {
		this.origin = origin;
		this.proxy = proxy;
	}

	@Override
	public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
		if (message instanceof HttpRequest request) {
			forward(ctx, request, promise);
		}
		else {
			ctx.write(message, promise);
		}
	}

	// It is encoded at once, and left as it was: it may be sent again elsewhere, and what
	// the proxy is told is for nobody else.
	private void forward(ChannelHandlerContext ctx, HttpRequest request, ChannelPromise promise) {
		String target = request.uri();
		Proxy.Credentials credentials = this.proxy.credentials();
		request.setUri(this.origin + (target.startsWith("/") ? target : ""));
		if (credentials != null) {
			request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, ProxyAuthorization.basic(credentials));
		}
		ctx.write(request, promise);
		request.setUri(target);
		if (credentials != null) {
			request.headers().remove(HttpHeaderNames.PROXY_AUTHORIZATION);
		}
	}

}
