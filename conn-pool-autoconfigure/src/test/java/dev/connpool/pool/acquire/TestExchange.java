package dev.connpool.pool.acquire;

import java.util.function.Consumer;

import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.exchange.ChannelExchange;
import dev.connpool.pool.exchange.ClientExchanges;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.replay.Attempt;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * An exchange that waits, and is told why it need not any more.
 */
final class TestExchange extends ChannelExchange {

	private final ConnectionSpec spec;

	private final Consumer<Throwable> told;

	private final boolean needsStream;

	TestExchange(ConnectionSource source, ConnectionSpec spec, Consumer<Throwable> told) {
		this(source, spec, told, false);
	}

	TestExchange(ConnectionSource source, ConnectionSpec spec, Consumer<Throwable> told, boolean needsStream) {
		super(new ClientExchanges(() -> 1), source, null, null);
		this.spec = spec;
		this.told = told;
		this.needsStream = needsStream;
	}

	@Override
	public boolean needsStream() {
		return this.needsStream;
	}

	@Override
	public ConnectionSpec spec() {
		return this.spec;
	}

	@Override
	public String method() {
		return "GET";
	}

	@Override
	public String path() {
		return "/";
	}

	@Override
	public @Nullable HttpHeaders headers() {
		return null;
	}

	@Override
	public boolean isAbandoned() {
		return false;
	}

	@Override
	protected Context callerContext() {
		return Context.empty();
	}

	@Override
	protected boolean acceptsCodings() {
		return false;
	}

	@Override
	protected void refused(Throwable error) {
		this.told.accept(error);
	}

	@Override
	protected Exchange again(Attempt next) {
		throw new UnsupportedOperationException("It was never sent");
	}

	@Override
	protected void deliver(SessionStream stream, boolean reused) {
		throw new UnsupportedOperationException("It has no connection");
	}

	@Override
	protected void dispose() {
		throw new UnsupportedOperationException("It has no connection");
	}

	@Override
	protected void discard() {
		throw new UnsupportedOperationException("It has no connection");
	}

	@Override
	protected void addForCaller(Channel channel, String name, ChannelHandler handler) {
		throw new UnsupportedOperationException("It has no connection");
	}

	@Override
	protected void rejoin(Channel channel) {
		throw new UnsupportedOperationException("It has no connection");
	}

}
