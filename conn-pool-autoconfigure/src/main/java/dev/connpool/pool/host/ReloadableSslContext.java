package dev.connpool.pool.host;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.Protocol;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;

/**
 * A TLS context that offers the protocols that are in force, and whose material can be
 * replaced while clients hold it. Connections of different generations are not alike:
 * {@code ConnectionPool} keeps them apart.
 */
public final class ReloadableSslContext extends SslContext {

	private final Supplier<ClientSettings> settings;

	private volatile Generation current;

	/**
	 * Create a context of the first generation. Nothing is made before it is needed, or
	 * {@linkplain #prepare asked for}.
	 * @param settings returns the settings that are in force
	 * @param contexts makes a context that offers given protocols
	 */
	public ReloadableSslContext(Supplier<ClientSettings> settings, Function<List<Protocol>, SslContext> contexts) {
		this.settings = settings;
		this.current = new Generation(1, contexts);
	}

	/**
	 * Use other contexts from now on.
	 * @param contexts makes a context that offers given protocols
	 * @return their generation
	 * @throws IllegalArgumentException if they cannot be used; all stays as it was
	 */
	public synchronized int reload(Function<List<Protocol>, SslContext> contexts) {
		Generation next = new Generation(this.current.number + 1, contexts);
		SslContext context = next.offering(this.settings.get().protocols());
		// Some of what cannot be used is noticed by the first connection only.
		ReferenceCountUtil.release(context.newEngine(ByteBufAllocator.DEFAULT));
		this.current = next;
		return next.number;
	}

	/**
	 * Make what the next settings need, so that no connection has to wait for it. One
	 * that is opened earlier does.
	 * @param protocols the protocols that are going to be offered
	 * @throws IllegalArgumentException if the material cannot be used
	 */
	public void prepare(List<Protocol> protocols) {
		this.current.offering(protocols);
	}

	/**
	 * Make what the settings that are in force need, on a thread that may block and that
	 * nobody else waits for.
	 * @return completes when no handshake has to make it, or with why it cannot be made;
	 * that is tried again the next time
	 */
	public CompletableFuture<?> makeReady() {
		return this.current.making(this.settings.get().protocols());
	}

	int generation() {
		return this.current.number;
	}

	private SslContext context() {
		return this.current.offering(this.settings.get().protocols());
	}

	@Override
	public boolean isClient() {
		return context().isClient();
	}

	@Override
	public List<String> cipherSuites() {
		return context().cipherSuites();
	}

	@Override
	@SuppressWarnings("deprecation")
	public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
		return context().applicationProtocolNegotiator();
	}

	@Override
	public SSLEngine newEngine(ByteBufAllocator alloc) {
		return context().newEngine(alloc);
	}

	@Override
	public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
		return context().newEngine(alloc, peerHost, peerPort);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls) {
		return context().newHandler(alloc);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
		return context().newHandler(alloc, executor);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls) {
		return context().newHandler(alloc, peerHost, peerPort);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls,
			Executor executor) {
		return context().newHandler(alloc, peerHost, peerPort, executor);
	}

	@Override
	public SSLSessionContext sessionContext() {
		return context().sessionContext();
	}

	/**
	 * The contexts of one material, which differ in the protocols that they offer.
	 */
	private static final class Generation {

		private static final CompletableFuture<?> DONE = CompletableFuture.completedFuture(null);

		private final int number;

		private final Function<List<Protocol>, SslContext> make;

		private final Map<List<Protocol>, SslContext> made = new ConcurrentHashMap<>();

		private final Map<List<Protocol>, CompletableFuture<?>> making = new ConcurrentHashMap<>();

		Generation(int number, Function<List<Protocol>, SslContext> make) {
			this.number = number;
			this.make = make;
		}

		SslContext offering(List<Protocol> protocols) {
			SslContext known = this.made.get(protocols);
			return (known != null) ? known : this.made.computeIfAbsent(protocols, this.make);
		}

		CompletableFuture<?> making(List<Protocol> protocols) {
			return this.made.containsKey(protocols) ? DONE : this.making.computeIfAbsent(protocols,
					(asked) -> CompletableFuture.runAsync(() -> make(asked), Generation::onNewThread));
		}

		private void make(List<Protocol> protocols) {
			try {
				offering(protocols);
			}
			finally {
				this.making.remove(protocols);
			}
		}

		// Those of a pool may all wait for this.
		private static void onNewThread(Runnable task) {
			Thread thread = new Thread(task, "conn-pool-tls");
			thread.setDaemon(true);
			thread.start();
		}

	}

}
