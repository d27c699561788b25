package dev.connpool.testing;

import java.util.function.Function;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.FutureMono;

/**
 * A scripted server's end of one connection, whatever is spoken on it. Lives on the event
 * loop of its channel.
 */
final class ScriptedConnection {

	private final Channel channel;

	private final int number;

	private final ScriptedServer server;

	private final Disposable.Composite running = Disposables.composite();

	private boolean silent;

	ScriptedConnection(Channel channel, int number, ScriptedServer server) {
		this.channel = channel;
		this.number = number;
		this.server = server;
		channel.pipeline().addFirst(new SentBytes());
		channel.closeFuture().addListener((closed) -> {
			event("is closed");
			this.running.dispose();
		});
	}

	WireLog log() {
		return this.server.log();
	}

	Scheduler scheduler() {
		return Schedulers.fromExecutor(this.channel.eventLoop());
	}

	boolean isSecure() {
		return this.channel.pipeline().get(SslHandler.class) != null;
	}

	boolean isSilent() {
		return this.silent;
	}

	void event(String event) {
		log().event("connection %d %s".formatted(this.number, event));
	}

	void failed(Throwable error) {
		event("cannot go on: " + error);
	}

	/**
	 * Follow the script of this connection, then speak first if the protocol does.
	 * @param connection the connection itself
	 * @param greeting what to say first
	 */
	void opened(ServerExchange connection, Runnable greeting) {
		event("is open");
		Script script = this.server.scriptOfConnection(this.number);
		run(script, connection, greeting);
	}

	/**
	 * Follow the script of a request.
	 * @param request the request
	 * @return stops the script
	 */
	Disposable arrived(ServerExchange request) {
		Script script = this.server.scriptOfRequest(request);
		return run(script, request, () -> {
		});
	}

	private Disposable run(Script script, ServerExchange exchange, Runnable then) {
		Disposable performance = script.run(exchange).subscribe(null, this::failed, then);
		this.running.add(performance);
		return performance;
	}

	/**
	 * Write and flush, unless this end went silent.
	 * @param write what to write
	 * @return completes when it was written
	 */
	Mono<Void> send(Function<ChannelPromise, ChannelFuture> write) {
		if (this.silent) {
			return Mono.never();
		}
		ChannelFuture written = write.apply(this.channel.newPromise());
		this.channel.flush();
		return FutureMono.from(written);
	}

	/**
	 * Send FIN and read on, so that what is unread does not turn it into a reset.
	 * @return completes when it was sent
	 */
	Mono<Void> close() {
		SslHandler ssl = this.channel.pipeline().get(SslHandler.class);
		if (ssl != null) {
			ssl.closeOutbound();
		}
		return FutureMono.from(((DuplexChannel) this.channel).shutdownOutput());
	}

	/**
	 * Send RST, past TLS.
	 * @return completes when it was sent
	 */
	Mono<Void> reset() {
		this.channel.config().setOption(ChannelOption.SO_LINGER, 0);
		return FutureMono.from(this.channel.pipeline().firstContext().close());
	}

	Mono<Void> stopReading() {
		this.channel.pipeline().addFirst(new Deaf());
		this.channel.config().setAutoRead(false);
		return Mono.empty();
	}

	static void readOn(Channel channel) {
		if (channel.pipeline().get(Deaf.class) != null) {
			channel.pipeline().remove(Deaf.class);
			channel.config().setAutoRead(true);
		}
	}

	Mono<Void> keepSilent() {
		this.silent = true;
		return Mono.empty();
	}

	// Decoders ask for more when what they have makes no message
	private static final class Deaf extends ChannelOutboundHandlerAdapter {

		@Override
		public void read(ChannelHandlerContext context) {
		}

	}

	private final class SentBytes extends ChannelOutboundHandlerAdapter {

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			log().sent(((ByteBuf) message).readableBytes());
			context.write(message, promise);
		}

	}

}
