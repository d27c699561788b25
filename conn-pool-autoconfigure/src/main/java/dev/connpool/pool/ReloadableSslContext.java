package dev.connpool.pool;

import java.util.List;
import java.util.concurrent.Executor;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSessionContext;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;

/**
 * A TLS context that can be replaced while clients hold it. Connections of different
 * generations are not alike: {@link ConnectionPool} keeps them apart.
 */
public final class ReloadableSslContext extends SslContext {

	private volatile Generation current;

	/**
	 * Create a context of the first generation.
	 * @param context the context to begin with
	 */
	public ReloadableSslContext(SslContext context) {
		this.current = new Generation(1, context);
	}

	/**
	 * Use another context from now on.
	 * @param context the context
	 * @return its generation
	 */
	public synchronized int reload(SslContext context) {
		this.current = new Generation(this.current.number + 1, context);
		return this.current.number;
	}

	int generation() {
		return this.current.number;
	}

	@Override
	public boolean isClient() {
		return this.current.context.isClient();
	}

	@Override
	public List<String> cipherSuites() {
		return this.current.context.cipherSuites();
	}

	@Override
	@SuppressWarnings("deprecation")
	public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
		return this.current.context.applicationProtocolNegotiator();
	}

	@Override
	public SSLEngine newEngine(ByteBufAllocator alloc) {
		return this.current.context.newEngine(alloc);
	}

	@Override
	public SSLEngine newEngine(ByteBufAllocator alloc, String peerHost, int peerPort) {
		return this.current.context.newEngine(alloc, peerHost, peerPort);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls) {
		return this.current.context.newHandler(alloc);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, boolean startTls, Executor executor) {
		return this.current.context.newHandler(alloc, executor);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls) {
		return this.current.context.newHandler(alloc, peerHost, peerPort);
	}

	@Override
	protected SslHandler newHandler(ByteBufAllocator alloc, String peerHost, int peerPort, boolean startTls,
			Executor executor) {
		return this.current.context.newHandler(alloc, peerHost, peerPort, executor);
	}

	@Override
	public SSLSessionContext sessionContext() {
		return this.current.context.sessionContext();
	}

	private record Generation(int number, SslContext context) {

	}

}
