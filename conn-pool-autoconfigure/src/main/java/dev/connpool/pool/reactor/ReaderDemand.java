package dev.connpool.pool.reactor;

import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientResponse;

/**
 * Whether whoever reads an event stream waits for more of it. Reactor Netty reads ahead,
 * so that the channel does not tell.
 */
public final class ReaderDemand {

	private final ReactorExchange exchange;

	private final EventLoop eventLoop;

	/** Parts that are waited for. Only used on the event loop. */
	private long demand;

	private ReaderDemand(ReactorExchange exchange, EventLoop eventLoop) {
		this.exchange = exchange;
		this.eventLoop = eventLoop;
	}

	/**
	 * Follow who reads a response.
	 * @param response the response
	 * @return the demand, or {@code null} if the response is no event stream
	 */
	public static @Nullable ReaderDemand of(HttpClientResponse response) {
		RequestScope scope = RequestScope.in(response.currentContextView());
		return (scope != null && scope.exchange() instanceof ReactorExchange exchange && exchange.isEventStream()
				&& response instanceof Connection connection)
						? new ReaderDemand(exchange, connection.channel().eventLoop()) : null;
	}

	/**
	 * Note that more is asked for. On any thread.
	 * @param n how many parts
	 */
	public void requested(long n) {
		if (this.eventLoop.inEventLoop()) {
			add(n);
			return;
		}
		try {
			this.eventLoop.execute(() -> add(n));
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and has ended the exchange.
		}
	}

	private void add(long n) {
		boolean waited = this.demand > 0;
		this.demand = Operators.addCap(this.demand, Math.max(0, n));
		if (!waited) {
			this.exchange.readerWaits(this.demand > 0);
		}
	}

	/**
	 * Note that a part has come, on the event loop.
	 */
	public void received() {
		if (this.demand != Long.MAX_VALUE && --this.demand == 0) {
			this.exchange.readerWaits(false);
		}
	}

}
