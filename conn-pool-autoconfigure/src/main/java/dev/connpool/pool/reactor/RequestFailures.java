package dev.connpool.pool.reactor;

import java.util.concurrent.RejectedExecutionException;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClientRequest;

/**
 * Ends exchanges of Reactor Netty whose request cannot be made. Left to itself, that
 * would tell a caller who reads the response already that it has ended.
 */
public final class RequestFailures {

	private RequestFailures() {
	}

	/**
	 * Tell the caller that a request cannot be made. Not for what went wrong with the
	 * channel, which may be no error at all.
	 * @param request the request
	 * @param error what its source has reported
	 * @param then what is done after that, on the event loop
	 */
	public static void tell(HttpClientRequest request, Throwable error, Runnable then) {
		RequestScope scope = RequestScope.in(request.currentContextView());
		if (scope == null || !(scope.exchange() instanceof ReactorExchange exchange)
				|| !(request instanceof Connection connection)) {
			then.run();
			return;
		}
		Channel channel = connection.channel();
		EventLoop eventLoop = channel.eventLoop();
		if (eventLoop.inEventLoop()) {
			exchange.notMade(channel, error);
			then.run();
			return;
		}
		try {
			eventLoop.execute(() -> {
				exchange.notMade(channel, error);
				then.run();
			});
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and has ended the exchange.
			then.run();
		}
	}

}
