package dev.connpool.testing;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ServerChannel;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.ByteBufFlux;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * Describes a {@link TestServer}. Every server answers {@code /hello} with its body
 * {@code hello}.
 */
public final class TestServerBuilder {

	private static final LoopResources LOOPS = LoopResources.create("test-server", 2, true);

	private static final int PART = 1 << 14;

	private static final int UPLOAD_WINDOW = 16 << 20;

	private final Wire wire;

	private final Map<String, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>>> routes = new ConcurrentHashMap<>();

	private final TestServer.Traffic traffic = new TestServer.Traffic();

	private TestCertificate certificate = TestCertificate.LOOPBACK;

	private Mute mute = Mute.NEVER;

	private int maxConcurrentStreams = 1000;

	private int initialWindowSize = 65_535;

	private @Nullable Duration idleTimeout;

	private int port;

	TestServerBuilder(Wire wire) {
		this.wire = wire;
		text("/hello", "hello");
	}

	public TestServerBuilder maxConcurrentStreams(int streams) {
		this.maxConcurrentStreams = streams;
		return this;
	}

	/** Listen on a port of one's own choice. */
	public TestServerBuilder port(int chosen) {
		this.port = chosen;
		return this;
	}

	/** Close connections that were idle for this long. */
	public TestServerBuilder idleTimeout(Duration timeout) {
		this.idleTimeout = timeout;
		return this;
	}

	public TestServerBuilder certificate(TestCertificate served) {
		this.certificate = served;
		return this;
	}

	/**
	 * Accept connections but send not a byte, not even SETTINGS, until the gate opens.
	 */
	public TestServerBuilder muteUntil(Gate gate) {
		this.mute = new Mute(gate);
		return this;
	}

	public TestServerBuilder route(String path,
			BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> answer) {
		this.routes.put(path, answer);
		return this;
	}

	/** Answer a path with a text. */
	public TestServerBuilder text(String path, String body) {
		return route(path, (request, response) -> response.sendString(Mono.just(body)));
	}

	/** Answer a path with the text {@code held}, once the gate is open. */
	public TestServerBuilder hold(String path, Gate gate) {
		return route(path,
				(request, response) -> gate.opened()
					.publishOn(eventLoop(request))
					.then(Mono.defer(() -> response.sendString(Mono.just("held")).then())));
	}

	/** Answer a path with a text, after a while. */
	public TestServerBuilder slow(String path, Duration delay) {
		return route(path,
				(request, response) -> Mono.delay(delay)
					.publishOn(eventLoop(request))
					.then(Mono.defer(() -> response.sendString(Mono.just("slow")).then())));
	}

	/** Answer a path with parts of a body, each sent when it is there. */
	public TestServerBuilder stream(String path, String contentType, Flux<String> parts) {
		return route(path, (request, response) -> response.header("Content-Type", contentType)
			.send(ByteBufFlux.fromString(parts.publishOn(eventLoop(request))), (buffer) -> true));
	}

	/** Answer a path with this many bytes, as fast as they are taken. */
	public TestServerBuilder bytes(String path, int size) {
		byte[] part = new byte[PART];
		return route(path, (request, response) -> response.header("Content-Length", String.valueOf(size))
			.send(Flux.range(0, size / PART).map((number) -> Unpooled.wrappedBuffer(part))));
	}

	/**
	 * Answer a path with the size of the request body, which may come as fast as it can.
	 */
	public TestServerBuilder upload(String path) {
		this.initialWindowSize = UPLOAD_WINDOW;
		return route(path,
				(request, response) -> request.receive()
					.map((part) -> (long) part.readableBytes())
					.reduce(0L, Long::sum)
					.flatMap((size) -> response.sendString(Mono.just(String.valueOf(size))).then()));
	}

	/** Answer a path with the body of the request, once all of that arrived. */
	public TestServerBuilder echo(String path) {
		return route(path,
				(request, response) -> request.receive()
					.aggregate()
					.asString()
					.flatMap((body) -> response.sendString(Mono.just(body)).then()));
	}

	/** Start on a free port, to be stopped with the network. */
	public TestServer start(Network network) {
		return start(network, ObservedServer.HOST, this.port);
	}

	/** Start on a loopback address and a port, to be stopped with the network. */
	public TestServer start(Network network, String address, int port) {
		HttpServer plain = (this.idleTimeout != null) ? HttpServer.create().idleTimeout(this.idleTimeout)
				: HttpServer.create();
		DisposableServer server = this.wire.configure(plain, this.certificate)
			.host(address)
			.port(port)
			.runOn(LOOPS)
			.http2Settings((settings) -> settings.maxConcurrentStreams(this.maxConcurrentStreams)
				.initialWindowSize(this.initialWindowSize)
				.connectProtocolEnabled(true))
			.doOnChannelInit((observer, channel, remote) -> accepted(channel))
			.handle(this::handle)
			.bindNow();
		return network.add(new TestServer(server, this.wire.scheme(), this.traffic));
	}

	private void accepted(Channel channel) {
		if (channel.parent() instanceof ServerChannel) {
			this.traffic.opened(channel);
			this.mute.install(channel);
		}
	}

	private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
		request.withConnection((connection) -> this.traffic.arrived(arrival(request, connection.channel())));
		String path = "/" + request.path();
		var answer = this.routes.get(path);
		return Mono.from((answer != null) ? answer.apply(request, response) : response.sendNotFound())
			.doOnCancel(() -> this.traffic.cancelled.add(path));
	}

	// A response that ends on another thread may make the server forget the next request
	private static Scheduler eventLoop(HttpServerRequest request) {
		AtomicReference<Scheduler> loop = new AtomicReference<>();
		request.withConnection((connection) -> loop.set(Schedulers.fromExecutor(connection.channel().eventLoop())));
		return Objects.requireNonNull(loop.get());
	}

	private TestServer.Arrival arrival(HttpServerRequest request, Channel channel) {
		if (channel instanceof Http2StreamChannel stream) {
			return new TestServer.Arrival(request.uri(), this.wire.protocol(), stream.parent().id().asShortText());
		}
		return new TestServer.Arrival(request.uri(), "http/1.1", channel.id().asShortText());
	}

}
