package dev.connpool.pool.exchange;

import java.util.List;

/**
 * The request of a caller that exchanges are made for: one, more if it is redirected or
 * sent again. They share its deadline and end when it is cancelled. For any thread.
 */
public interface ExchangeOwner {

	/**
	 * Return when the request began.
	 * @return the time, in terms of {@link System#nanoTime()}
	 */
	long startedAt();

	/**
	 * Return where the caller is, if that is known.
	 * @return the innermost frames of the application, none if they are not known
	 */
	List<String> callSite();

	/**
	 * Note which exchange now serves the request.
	 * @param exchange the exchange
	 */
	void enter(Exchange exchange);

	/**
	 * Return whether the caller has its answer or wants none any more.
	 * @return whether nothing is left to do
	 */
	boolean isDone();

	/**
	 * Answer the caller with an error and give up the exchange.
	 * @param error the error
	 * @return whether the caller still waited for an answer
	 */
	boolean fail(Throwable error);

}
