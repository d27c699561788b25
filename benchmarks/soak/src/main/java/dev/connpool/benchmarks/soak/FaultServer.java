package dev.connpool.benchmarks.soak;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Scanner;
import java.util.logging.Level;
import java.util.logging.Logger;

import dev.connpool.benchmarks.Row;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2SecurityUtil;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;

/**
 * Servers that go wrong on request, one for each protocol, and a port that nobody listens
 * on. Prints the ports, and for each line that it reads what it has counted.
 */
public final class FaultServer {

	/** Kept, so that it is not collected with its level. */
	private static final Logger LOG = Logger.getLogger("io.netty");

	private static final int MOST_STREAMS = 100;

	private static final int LONGEST_BODY = 1 << 20;

	private final EventLoopGroup eventLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());

	private final Ledger ledger = new Ledger();

	private FaultServer() {
	}

	/**
	 * Serve until the end of the input.
	 * @param arguments where to write the certificate
	 */
	public static void main(String[] arguments) throws Exception {
		// What clients make of faults is no news, and nobody reads it
		InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
		LOG.setLevel(Level.OFF);
		FaultServer server = new FaultServer();
		X509Bundle certificate = new CertificateBuilder().subject("CN=localhost")
			.addSanDnsName("localhost")
			.addSanIpAddress("127.0.0.1")
			.setIsCertificateAuthority(true)
			.ecp256()
			.buildSelfSigned();
		Files.writeString(Path.of(arguments[0]), certificate.getCertificatePEM());
		System.out.println(new Row().with("http1", server.listen(null, false))
			.with("http1_tls", server.listen(tls(certificate, "http/1.1"), false))
			.with("http2_tls", server.listen(tls(certificate, "h2"), true))
			.with("http2", server.listen(null, true))
			.with("any_address", server.listen(null, false, "0.0.0.0"))
			.with("nobody", free())
			.line());
		try (Scanner lines = new Scanner(System.in)) {
			while (lines.hasNextLine() && !lines.nextLine().isEmpty()) {
				System.out.println(new Row().with("requests", server.ledger.requests())
					.with("twice", server.ledger.twice())
					.line());
			}
		}
		System.exit(0);
	}

	private static int free() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static SslContext tls(X509Bundle certificate, String protocol) throws Exception {
		return SslContextBuilder.forServer(certificate.toKeyManagerFactory())
			.ciphers(Http2SecurityUtil.CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
			.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
					SelectorFailureBehavior.NO_ADVERTISE, SelectedListenerFailureBehavior.ACCEPT, protocol))
			.build();
	}

	private int listen(SslContext tls, boolean http2) throws InterruptedException {
		return listen(tls, http2, "127.0.0.1");
	}

	private int listen(SslContext tls, boolean http2, String address) throws InterruptedException {
		Channel channel = new ServerBootstrap().group(this.eventLoops)
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_BACKLOG, 1024)
			.childHandler(new ChannelInitializer<SocketChannel>() {

				@Override
				protected void initChannel(SocketChannel accepted) {
					if (tls != null) {
						accepted.pipeline().addLast(tls.newHandler(accepted.alloc()));
					}
					if (http2) {
						addHttp2(accepted);
					}
					else {
						addHttp1(accepted);
					}
				}

			})
			.bind(address, 0)
			.sync()
			.channel();
		return ((InetSocketAddress) channel.localAddress()).getPort();
	}

	private void addHttp1(Channel channel) {
		channel.pipeline()
			.addLast(new HttpRequestDecoder(), new HttpObjectAggregator(LONGEST_BODY), new Http1Faults(this.ledger));
	}

	private void addHttp2(Channel channel) {
		channel.pipeline()
			.addLast(Http2FrameCodecBuilder.forServer()
				.initialSettings(Http2Settings.defaultSettings().maxConcurrentStreams(MOST_STREAMS))
				.build(), new Http2MultiplexHandler(new ChannelInitializer<>() {

					@Override
					protected void initChannel(Channel stream) {
						stream.pipeline().addLast(new Http2Faults(FaultServer.this.ledger));
					}

				}));
	}

}
