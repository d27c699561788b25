package dev.connpool.testing;

import java.util.Map;
import java.util.Objects;
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
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;

/**
 * A server that speaks HTTP properly until its script says otherwise: for what goes wrong
 * in the middle of an exchange. ({@link RawServer} is for what goes wrong before there is
 * one.) Without a script it reads a request and answers it with 200.
 *
 * <pre class="code">
 * ScriptedServer server = ScriptedServer.start(network, Wire.H2);
 * server.onRequest(2).waitsForBody().sendsHeader().closes();
 * </pre>
 */
public final class ScriptedServer implements ObservedServer {

	private static final LoopResources LOOPS = LoopResources.create("scripted-server", 2, true);

	private static final int RECEIVE_BUFFER = 64 * 1024;

	private final Wire wire;

	private final WireLog log = new WireLog();

	private final ConnectionCount connections = new ConnectionCount();

	private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

	private final AtomicInteger numbers = new AtomicInteger();

	private final AtomicInteger requests = new AtomicInteger();

	private final Map<Integer, Script> byConnection = new ConcurrentHashMap<>();

	private final Map<Integer, Script> byRequest = new ConcurrentHashMap<>();

	private final Map<String, Script> byPath = new ConcurrentHashMap<>();

	private volatile Script otherwise;

	private @Nullable ServerSocketChannel listener;

	private ScriptedServer(Wire wire) {
		this.wire = wire;
		this.otherwise = new Script(wire).waitsForBody().answers();
	}

	/** Start on a free port, to be stopped with the network. */
	public static ScriptedServer start(Network network, Wire wire) {
		ScriptedServer server = new ScriptedServer(wire);
		server.listen();
		return network.add(server);
	}

	/**
	 * What to do on the n-th connection as soon as HTTP may be spoken, and with HTTP/2
	 * before SETTINGS are sent.
	 */
	public Script onConnection(int number) {
		return this.byConnection.computeIfAbsent(number, (key) -> new Script(this.wire));
	}

	/** What to do when the header of the n-th request of all has arrived. */
	public Script onRequest(int number) {
		return this.byRequest.computeIfAbsent(number, (key) -> new Script(this.wire));
	}

	/** What to do when the header of a request to a path has arrived. */
	public Script onRequest(String path) {
		return this.byPath.computeIfAbsent(path, (key) -> new Script(this.wire));
	}

	/** What to do when the header of a request has arrived that has no other script. */
	public Script onEveryRequest() {
		this.otherwise = new Script(this.wire);
		return this.otherwise;
	}

	Script scriptOfConnection(int number) {
		return this.byConnection.getOrDefault(number, new Script(this.wire));
	}

	Script scriptOfRequest(ServerExchange request) {
		Script script = this.byRequest.get(this.requests.incrementAndGet());
		return (script != null) ? script : this.byPath.getOrDefault(request.path(), this.otherwise);
	}

	private void listen() {
		this.listener = (ServerSocketChannel) new ServerBootstrap()
			.group(LOOPS.onServerSelect(false), LOOPS.onServer(false))
			.channel(NioServerSocketChannel.class)
			.option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
			.childHandler(new ScriptedInitializer(this.wire, this))
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
		return this.wire.scheme();
	}

	@Override
	public int port() {
		return Objects.requireNonNull(this.listener).localAddress().getPort();
	}

	@Override
	public ConnectionCount connections() {
		return this.connections;
	}

	/** Read what a script left unread, so that a client that has gone is noticed. */
	@Override
	public void readOn() {
		this.open.forEach(ScriptedConnection::readOn);
	}

	@Override
	public void close() {
		Objects.requireNonNull(this.listener).close().syncUninterruptibly();
		this.open.close().awaitUninterruptibly();
	}

}
