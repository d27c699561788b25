package dev.connpool.sample.backend;

import java.net.URI;
import java.time.Duration;

import io.netty.channel.ChannelOption;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * An HTTPS server on the loopback address that speaks HTTP/2 and HTTP/1.1.
 */
public final class Backend implements AutoCloseable {

	private static final String HOST = "127.0.0.1";

	private static final int BACKLOG = 4096;

	private static final Duration QUIET = Duration.ofMillis(50);

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final SocketCounter sockets = new SocketCounter();

	private final LoopResources loops = LoopResources.create("backend", LoopResources.DEFAULT_IO_WORKER_COUNT, true);

	private final DisposableServer server;

	/**
	 * Start a server.
	 * @param certificate what it shows to its clients
	 * @param port the port, 0 for any
	 * @param maxConcurrentStreams the streams that it allows on one HTTP/2 connection
	 */
	public Backend(BackendCertificate certificate, int port, long maxConcurrentStreams) {
		GenericSslContextSpec<?> tls = Http2SslContextSpec.forServer(certificate.keyManagers());
		this.server = HttpServer.create()
			.host(HOST)
			.port(port)
			.runOn(this.loops)
			.option(ChannelOption.SO_BACKLOG, BACKLOG)
			.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
			.http2Settings((http2) -> http2.maxConcurrentStreams(maxConcurrentStreams))
			.secure((spec) -> spec.sslContext(tls))
			.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
				.addBefore(NettyPipeline.SslHandler, "socketCounter", this.sockets))
			.route(new BackendRoutes())
			.bindNow();
	}

	/**
	 * Return where the server listens.
	 * @return its address as {@code https://host:port}
	 */
	public URI uri() {
		return URI.create("https://%s:%d".formatted(HOST, this.server.port()));
	}

	/**
	 * Return the number of connections accepted so far.
	 * @return the count of sockets, whatever they carried
	 */
	public int accepted() {
		return this.sockets.accepted();
	}

	/**
	 * Return the number of connections open now.
	 * @return the count of sockets, whatever they carry
	 */
	public int open() {
		return this.sockets.open();
	}

	/**
	 * Return the number of bytes received so far.
	 * @return the bytes read from all sockets, TLS included
	 */
	public long bytesReceived() {
		return this.sockets.bytesRead();
	}

	/**
	 * Wait until every connection is closed and none waits to be accepted, but not for
	 * long.
	 * @return completes when the counts do not change any more
	 */
	public Mono<Void> quiet() {
		return Flux.interval(QUIET)
			.map((tick) -> this.sockets.accepted())
			.buffer(2, 1)
			.filter((counts) -> this.sockets.open() == 0 && counts.get(0).equals(counts.get(counts.size() - 1)))
			.next()
			.timeout(PATIENCE, Mono.empty())
			.then();
	}

	@Override
	public void close() {
		this.server.disposeNow();
		this.loops.dispose();
	}

}
