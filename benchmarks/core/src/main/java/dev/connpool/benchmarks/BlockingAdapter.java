package dev.connpool.benchmarks;

/**
 * For clients whose natural API blocks: each request in flight gets a thread.
 */
public abstract class BlockingAdapter implements ClientAdapter {

	public abstract Response call(Request request) throws Exception;

	@Override
	public final void send(Request request, Callback callback) {
		Response response;
		try {
			response = call(request);
		}
		catch (Exception ex) {
			callback.failed(ex);
			return;
		}
		callback.ok(response.status(), response.body());
	}

	public record Response(int status, byte[] body) {
	}

}
