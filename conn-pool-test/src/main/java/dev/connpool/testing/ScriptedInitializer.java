package dev.connpool.testing;

import java.util.List;

import javax.net.ssl.SSLException;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.ApplicationProtocolNegotiationHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/**
 * Teaches the channels of a scripted server TLS, where it is needed, and HTTP.
 */
final class ScriptedInitializer extends ChannelInitializer<SocketChannel> {

	private final Carrier carrier;

	private final ScriptedServer server;

	private final @Nullable SslContext tls;

	ScriptedInitializer(Carrier carrier, ScriptedServer server) {
		this.carrier = carrier;
		this.server = server;
		this.tls = carrier.isSecure() ? tls(carrier) : null;
	}

	private static SslContext tls(Carrier carrier) {
		try {
			SslContextBuilder tls = SslContextBuilder
				.forServer(LoopbackCertificate.BUNDLE.getKeyPair().getPrivate(),
						LoopbackCertificate.BUNDLE.getCertificate())
				.sslProvider(SslProvider.JDK);
			return carrier.isMultiplexed() ? tls.applicationProtocolConfig(h2()).build() : tls.build();
		}
		catch (SSLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ApplicationProtocolConfig h2() {
		return new ApplicationProtocolConfig(ApplicationProtocolConfig.Protocol.ALPN,
				ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
				ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
				List.of(ApplicationProtocolNames.HTTP_2));
	}

	@Override
	protected void initChannel(SocketChannel channel) {
		ScriptedConnection connection = this.server.accepted(channel);
		if (this.tls == null) {
			speak(channel.pipeline(), connection);
		}
		else {
			channel.pipeline().addLast(this.tls.newHandler(channel.alloc()), new Handshake(connection));
		}
	}

	private void speak(ChannelPipeline pipeline, ScriptedConnection connection) {
		if (this.carrier.isMultiplexed()) {
			pipeline.addLast(new Http2Connection(connection, this.carrier.scheme()));
		}
		else {
			pipeline.addLast(new HttpRequestDecoder(), new Http1Connection(connection));
		}
	}

	private final class Handshake extends ApplicationProtocolNegotiationHandler {

		private final ScriptedConnection connection;

		Handshake(ScriptedConnection connection) {
			super(ApplicationProtocolNames.HTTP_1_1);
			this.connection = connection;
		}

		@Override
		protected void configurePipeline(ChannelHandlerContext context, String protocol) {
			this.connection.event("negotiated " + protocol);
			speak(context.pipeline(), this.connection);
		}

		@Override
		protected void handshakeFailure(ChannelHandlerContext context, Throwable cause) {
			this.connection.event("failed to shake hands: " + cause);
			context.close();
		}

	}

}
