package dev.connpool.benchmarks.clients;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.connpool.benchmarks.BlockingAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.RequestBody;

/**
 * OkHttp's blocking calls; it has no cap on connections, only on idle ones, which is
 * raised to the cap.
 */
public final class OkHttpAdapter extends BlockingAdapter {

	private OkHttpClient client;

	private String base;

	@Override
	public void start(Target target) {
		this.base = target.baseUri();
		this.client = new OkHttpClient.Builder()
			.connectionPool(new ConnectionPool(target.maxConnections(), 5, TimeUnit.MINUTES))
			.protocols(switch (target.protocol()) {
				case H1, H1S -> List.of(Protocol.HTTP_1_1);
				case H2 -> List.of(Protocol.HTTP_2, Protocol.HTTP_1_1);
				case H2C -> List.of(Protocol.H2_PRIOR_KNOWLEDGE);
			})
			.build();
	}

	@Override
	public Response call(Request request) throws Exception {
		okhttp3.Request.Builder builder = new okhttp3.Request.Builder().url(this.base + request.path());
		if (request.body() != null) {
			builder.post(RequestBody.create(request.body()));
		}
		try (okhttp3.Response response = this.client.newCall(builder.build()).execute()) {
			return new Response(response.code(), response.body().bytes());
		}
	}

	@Override
	public void close() {
		this.client.connectionPool().evictAll();
		this.client.dispatcher().executorService().shutdown();
	}

}
