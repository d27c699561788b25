package dev.connpool.testing;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.dns.DatagramDnsQuery;
import io.netty.handler.codec.dns.DatagramDnsQueryDecoder;
import io.netty.handler.codec.dns.DatagramDnsResponse;
import io.netty.handler.codec.dns.DatagramDnsResponseEncoder;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRawRecord;
import io.netty.handler.codec.dns.DefaultDnsResponse;
import io.netty.handler.codec.dns.DnsQuery;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponse;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.dns.DnsSection;
import io.netty.handler.codec.dns.TcpDnsQueryDecoder;
import io.netty.handler.codec.dns.TcpDnsResponseEncoder;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider.NameResolverSpec;

/**
 * A DNS server on loopback that knows one name. What it answers may change at any time.
 */
public final class NameServer implements BeforeEachCallback, AfterEachCallback {

	/** The name that it knows. */
	public static final String NAME = "pods.test";

	private static final LoopResources LOOPS = LoopResources.create("name-server", 1, true);

	private static final int MOST_OVER_UDP = 100;

	private final AtomicInteger queries = new AtomicInteger();

	private volatile Answer answer = new Answer(DnsResponseCode.NXDOMAIN, List.of(), 0);

	private volatile boolean silent;

	private Channel udp;

	private Channel tcp;

	/** Answer with addresses that are valid for a number of seconds. */
	public void answer(int ttl, String... addresses) {
		List<InetAddress> parsed = Stream.of(addresses).map(NameServer::parse).toList();
		this.answer = new Answer(DnsResponseCode.NOERROR, parsed, ttl);
		this.silent = false;
	}

	/** Answer with an error. */
	public void fail(DnsResponseCode code) {
		this.answer = new Answer(code, List.of(), 0);
		this.silent = false;
	}

	/** Answer nothing any more. */
	public void silence() {
		this.silent = true;
	}

	/** The port on which it is asked. */
	public int port() {
		return ((InetSocketAddress) this.udp.localAddress()).getPort();
	}

	/** How often it was asked for IPv4 addresses. */
	public int queries() {
		return this.queries.get();
	}

	/** Have a resolver ask this server. */
	public void configure(NameResolverSpec resolver) {
		InetSocketAddress address = (InetSocketAddress) this.udp.localAddress();
		resolver.dnsAddressResolverGroupProvider((builder) -> new DnsAddressResolverGroup(
				builder.nameServerProvider(new SingletonDnsServerAddressStreamProvider(address))
					.queryTimeoutMillis(1000)));
	}

	/** The URL of a path at the name. */
	public static String url(Origin server, String path) {
		return origin(server) + path;
	}

	/** The name and the port of a server, as clients know them. */
	public static String origin(Origin server) {
		return "%s://%s:%d".formatted(server.scheme(), NAME, server.port());
	}

	private static InetAddress parse(String address) {
		try {
			return InetAddress.getByName(address);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@Override
	public void beforeEach(ExtensionContext context) {
		EventLoopGroup group = LOOPS.onServer(false);
		this.udp = new Bootstrap().group(group)
			.channel(NioDatagramChannel.class)
			.handler(new Udp())
			.bind(ObservedServer.HOST, LoopbackPort.free())
			.syncUninterruptibly()
			.channel();
		this.tcp = new ServerBootstrap().group(group)
			.channel(NioServerSocketChannel.class)
			.childHandler(new Tcp())
			.bind(this.udp.localAddress())
			.syncUninterruptibly()
			.channel();
	}

	@Override
	public void afterEach(ExtensionContext context) {
		this.udp.close();
		this.tcp.close();
	}

	private void respond(DnsQuery query, DnsResponse response, int most) {
		DnsQuestion question = query.recordAt(DnsSection.QUESTION);
		Answer now = this.answer;
		boolean ipv4 = question.type().equals(DnsRecordType.A);
		if (ipv4) {
			this.queries.incrementAndGet();
		}
		List<InetAddress> found = now.addresses.stream()
			.filter((address) -> (address.getAddress().length == 4) == ipv4)
			.toList();
		response.setCode(now.code);
		response.setRecursionAvailable(true);
		response.addRecord(DnsSection.QUESTION, new DefaultDnsQuestion(question.name(), question.type()));
		response.setTruncated(found.size() > most);
		found.stream()
			.limit(most)
			.forEach((address) -> response.addRecord(DnsSection.ANSWER, new DefaultDnsRawRecord(question.name(),
					question.type(), now.ttl, Unpooled.wrappedBuffer(address.getAddress()))));
	}

	private record Answer(DnsResponseCode code, List<InetAddress> addresses, int ttl) {
	}

	private final class Udp extends ChannelInitializer<Channel> {

		@Override
		protected void initChannel(Channel channel) {
			channel.pipeline().addLast(new DatagramDnsQueryDecoder(), new DatagramDnsResponseEncoder(), new OverUdp());
		}

	}

	private final class OverUdp extends SimpleChannelInboundHandler<DatagramDnsQuery> {

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, DatagramDnsQuery query) {
			if (!NameServer.this.silent) {
				DatagramDnsResponse response = new DatagramDnsResponse(query.recipient(), query.sender(), query.id());
				respond(query, response, MOST_OVER_UDP);
				ctx.writeAndFlush(response);
			}
		}

	}

	private final class Tcp extends ChannelInitializer<Channel> {

		@Override
		protected void initChannel(Channel channel) {
			channel.pipeline().addLast(new TcpDnsQueryDecoder(), new TcpDnsResponseEncoder(), new OverTcp());
		}

	}

	private final class OverTcp extends SimpleChannelInboundHandler<DnsQuery> {

		@Override
		protected void channelRead0(ChannelHandlerContext ctx, DnsQuery query) {
			DnsResponse response = new DefaultDnsResponse(query.id());
			respond(query, response, Integer.MAX_VALUE);
			ctx.writeAndFlush(response);
		}

	}

}
