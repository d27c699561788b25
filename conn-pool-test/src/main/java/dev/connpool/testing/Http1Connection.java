package dev.connpool.testing;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 for a scripted server.
 */
final class Http1Connection extends SimpleChannelInboundHandler<HttpObject> {

	private final ScriptedConnection connection;

	private @Nullable ServerExchange current;

	Http1Connection(ScriptedConnection connection) {
		this.connection = connection;
	}

	/** After a TLS handshake. */
	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		if (this.connection.isSecure()) {
			open(context);
		}
	}

	/** Without one. */
	@Override
	public void channelActive(ChannelHandlerContext context) {
		open(context);
	}

	private void open(ChannelHandlerContext context) {
		this.connection.opened(new Http1Exchange(this.connection, context, "", ""), () -> {
		});
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
		if (message instanceof HttpRequest request) {
			this.current = new Http1Exchange(this.connection, context, request.method().name(), request.uri());
			this.current.arrived();
		}
		if (message instanceof HttpContent content) {
			this.connection.log().bodyReceived(content.content().readableBytes());
		}
		if (message instanceof LastHttpContent && this.current != null) {
			this.current.received();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.connection.event("failed: " + cause);
		context.close();
	}

}
