package dev.connpool.pool.exchange;

import java.time.Duration;

import dev.connpool.pool.host.Host;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import reactor.util.context.Context;

/**
 * Who sends a request by a {@link DirectExchange} and reads its response. There is one
 * exchange for each attempt and each redirect. An error that comes before the head of the
 * response is told by {@link #fail}, a later one by the {@link ResponseBody}.
 */
public interface DirectCaller extends ExchangeOwner {

	/**
	 * Return the context of the caller. On any thread.
	 * @return the context, perhaps empty
	 */
	Context context();

	/**
	 * Return the method of the request. On any thread.
	 * @return the method, before anything is written too
	 */
	String method();

	/**
	 * Return whether the content of a response is decoded.
	 * @return whether the client has asked for codings
	 */
	boolean acceptsCodings();

	/**
	 * Return how long the server may be silent while it is waited for. When the request
	 * has been written.
	 * @param host the host, which may have a deadline of its own
	 * @return the longest silence, or {@code null} for any
	 */
	@Nullable Duration readTimeout(Host host);

	/**
	 * Write the request, by one of the methods to send of the exchange. On the event loop
	 * of the connection, once for each exchange.
	 * @param exchange the exchange
	 */
	void write(DirectExchange exchange);

	/**
	 * Take the response. On the event loop of the connection, once, if this has not been
	 * told an error.
	 * @param exchange the exchange
	 * @param head the final head, whose content coding is gone if it is decoded
	 * @param body the content; whoever does not want it discards it
	 */
	void responseBegins(DirectExchange exchange, HttpResponse head, ResponseBody body);

}
