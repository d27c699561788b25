package dev.connpool.benchmarks;

/**
 * One HTTP client under test.
 */
public interface ClientAdapter {

	void start(Target target) throws Exception;

	/**
	 * Send without blocking.
	 * @param request the request
	 * @param callback told of the response with its body
	 */
	void send(Request request, Callback callback);

	void close() throws Exception;

}
