package dev.connpool.pool.dial;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import dev.connpool.pool.connection.InterimResponses;
import dev.connpool.pool.host.ProxyAuthorization;
import dev.connpool.pool.host.ProxyRefusedException;
import dev.connpool.settings.Proxy;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestEncoder;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.proxy.ProxyHandler;
import org.jspecify.annotations.Nullable;

/**
 * Asks an HTTP proxy for a tunnel with {@code CONNECT} (RFC 9110, section 9.3.6). Netty's
 * own handler for that does not tell the status of a refusal.
 */
final class HttpConnectHandler extends ProxyHandler {

	private final HttpRequestEncoder encoder = new HttpRequestEncoder();

	private final HttpResponseDecoder decoder = new ConnectResponseDecoder();

	private final Proxy.@Nullable Credentials credentials;

	private @Nullable HttpResponseStatus status;

	HttpConnectHandler(SocketAddress address, Proxy.@Nullable Credentials credentials) {
		super(address);
		this.credentials = credentials;
	}

	@Override
	public String protocol() {
		return "http";
	}

	@Override
	public String authScheme() {
		return (this.credentials != null) ? "basic" : "none";
	}

	@Override
	protected void addCodec(ChannelHandlerContext ctx) {
		ctx.pipeline().addBefore(ctx.name(), null, this.encoder).addBefore(ctx.name(), null, this.decoder);
	}

	@Override
	protected void removeEncoder(ChannelHandlerContext ctx) {
		ctx.pipeline().remove(this.encoder);
	}

	@Override
	protected void removeDecoder(ChannelHandlerContext ctx) {
		ctx.pipeline().remove(this.decoder);
	}

	@Override
	protected Object newInitialMessage(ChannelHandlerContext ctx) {
		InetSocketAddress host = destinationAddress();
		String authority = HttpUtil.formatHostnameForHttp(host) + ":" + host.getPort();
		FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.CONNECT, authority,
				Unpooled.EMPTY_BUFFER);
		request.headers().set(HttpHeaderNames.HOST, authority);
		if (this.credentials != null) {
			request.headers().set(HttpHeaderNames.PROXY_AUTHORIZATION, ProxyAuthorization.basic(this.credentials));
		}
		return request;
	}

	@Override
	protected boolean handleResponse(ChannelHandlerContext ctx, Object message) throws ProxyConnectException {
		if (message instanceof HttpResponse response) {
			if (response.decoderResult().isFailure() || response.protocolVersion().majorVersion() != 1) {
				throw new ProxyConnectException("the answer of the proxy is not HTTP/1.x",
						response.decoderResult().cause());
			}
			this.status = response.status();
			if (this.status.codeClass() != HttpStatusClass.SUCCESS && !InterimResponses.isInterim(response)) {
				throw new ProxyRefusedException(this.status);
			}
		}
		return message instanceof LastHttpContent && this.status != null
				&& this.status.codeClass() == HttpStatusClass.SUCCESS;
	}

	/**
	 * Knows that the tunnel begins after the header of any success, whatever that says of
	 * a body.
	 */
	private static final class ConnectResponseDecoder extends HttpResponseDecoder {

		@Override
		protected boolean isContentAlwaysEmpty(HttpMessage message) {
			return (message instanceof HttpResponse response
					&& response.status().codeClass() == HttpStatusClass.SUCCESS) || super.isContentAlwaysEmpty(message);
		}

	}

}
