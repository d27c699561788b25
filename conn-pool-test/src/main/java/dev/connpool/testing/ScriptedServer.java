package dev.connpool.testing;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import reactor.netty.resources.LoopResources;

/**
 * A server that speaks HTTP properly until its script says otherwise: for what goes wrong
 * in the middle of an exchange. Without a script it reads a request and answers it with
 * 200. It listens on loopback, at a free port, from the start until it is closed.
 *
 * <pre class="code">
 * try (ScriptedServer server = ScriptedServer.h2()) {
 *     server.onRequest(2).goesAwayBefore(Http2Error.NO_ERROR);
 *     ...
 *     assertThat(server).acceptedConnections(2);
 * }
 * </pre>
 */
public final class ScriptedServer implements ObservedServer {

	private static final LoopResources LOOPS = LoopResources.create("scripted-server", 2, true);

	private static final int RECEIVE_BUFFER = 64 * 1024;

	private final Carrier carrier;

	private final WireLog log = new WireLog();

	private final ConnectionCount connections = new ConnectionCount();

	private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final AtomicInteger numbers = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final Map<Integer, Script> byConnection = new ConcurrentHashMap<>();

	private final Map<Integer, Script> byRequest = new ConcurrentHashMap<>();

	private final Map<String, Script> byPath = new ConcurrentHashMap<>();

	private volatile Script otherwise;

	private final ServerSocketChannel listener;

	private ScriptedServer(Carrier carrier) {
		this.carrier = carrier;
		this.otherwise = new Script(carrier).waitsForBody().answers();
		this.listener = listen();
	}

	/**
	 * Start a server that speaks HTTP/1.1 over cleartext.
	 * @return the server, to be closed
	 */
	public static ScriptedServer h1() {
		return new ScriptedServer(Carrier.H1);
	}

	/**
	 * Start a server that speaks HTTP/1.1 over TLS, without ALPN.
	 * @return the server, to be closed
	 */
	public static ScriptedServer h1Tls() {
		return new ScriptedServer(Carrier.H1_TLS);
	}

	/**
	 * Start a server that speaks HTTP/2 over TLS, by ALPN.
	 * @return the server, to be closed
	 */
	public static ScriptedServer h2() {
		return new ScriptedServer(Carrier.H2);
	}

	/**
	 * Start a server that speaks HTTP/2 over cleartext, with prior knowledge.
	 * @return the server, to be closed
	 */
	public static ScriptedServer h2c() {
		return new ScriptedServer(Carrier.H2C);
	}

	/**
	 * Return the certificate to trust, the same one for all servers of a process. It is
	 * what {@code spring.ssl.bundle.pem.<name>.truststore.certificate} takes.
	 * @return the certificate, as PEM
	 */
	public static String certificate() {
		return LoopbackCertificate.BUNDLE.getCertificatePathPEM();
	}

	/**
	 * Say what to do on a connection as soon as HTTP may be spoken, and with HTTP/2
	 * before SETTINGS are sent.
	 * @param number the number of the connection, the first is 1
	 * @return the script, to be continued
	 */
	public Script onConnection(int number) {
		requireToCome("connection", number, this.numbers.get());
		return this.byConnection.computeIfAbsent(number, (key) -> new Script(this.carrier));
	}

	/**
	 * Say what to do when the header of a request has arrived.
	 * @param number the number of the request among those of all connections, the first
	 * is 1
	 * @return the script, to be continued
	 */
	public Script onRequest(int number) {
		requireToCome("request", number, this.requests.get());
		return this.byRequest.computeIfAbsent(number, (key) -> new Script(this.carrier));
	}

	/**
	 * Say what to do when the header of a request to a path has arrived, unless there is
	 * a script for its number.
	 * @param path the path, from its slash on and without a query
	 * @return the script, to be continued
	 */
	public Script onRequest(String path) {
		if (!path.startsWith("/") || path.contains("?")) {
			throw new IllegalArgumentException(
					"A path begins with a slash and has no query, unlike '%s'".formatted(path));
		}
		return this.byPath.computeIfAbsent(path, (key) -> new Script(this.carrier));
	}

	/**
	 * Say what to do when the header of a request has arrived that has no other script.
	 * @return the script, to be continued
	 */
	public Script onEveryRequest() {
		this.otherwise = new Script(this.carrier);
		return this.otherwise;
	}

	private static void requireToCome(String what, int number, int latest) {
		if (number < 1) {
			throw new IllegalArgumentException("There is no %s %d: the first is 1".formatted(what, number));
		}
		if (number <= latest) {
			throw new IllegalStateException(
					"The %s %d came already, %d so far: write its script before".formatted(what, number, latest));
		}
	}

	Script scriptOfConnection(int number) {
		return this.byConnection.getOrDefault(number, new Script(this.carrier));
	}

	Script scriptOfRequest(ServerExchange request) {
		Script script = this.byRequest.get(this.requests.incrementAndGet());
		return (script != null) ? script : this.byPath.getOrDefault(request.path(), this.otherwise);
	}

	private ServerSocketChannel listen() {
		return (ServerSocketChannel) new ServerBootstrap().group(LOOPS.onServerSelect(false), LOOPS.onServer(false))
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
			.childHandler(new ScriptedInitializer(this.carrier, this))
			.bind(HOST, 0)
			.syncUninterruptibly()
			.channel();
	}

	ScriptedConnection accepted(Channel channel) {
		this.connections.opened();
		this.open.add(channel);
		channel.closeFuture().addListener((closed) -> this.connections.closed());
		return new ScriptedConnection(channel, this.numbers.incrementAndGet(), this);
	}

	@Override
	public WireLog log() {
		return this.log;
	}

	@Override
	public String trace() {
		return this.log.toString();
	}

	@Override
	public String scheme() {
		return this.carrier.scheme();
	}

	@Override
	public int port() {
		return this.listener.localAddress().getPort();
	}

	@Override
	public ConnectionCount connections() {
		return this.connections;
	}

	@Override
	public void readOn() {
		this.open.forEach(ScriptedConnection::readOn);
	}

	/**
	 * End all connections at once, whatever is under way on them, and listen on.
	 */
	public void closeConnections() {
		this.open.close().awaitUninterruptibly();
	}

	/**
	 * Stop listening and end all connections.
	 */
	@Override
	public void close() {
		this.listener.close().syncUninterruptibly();
		closeConnections();
	}

}
