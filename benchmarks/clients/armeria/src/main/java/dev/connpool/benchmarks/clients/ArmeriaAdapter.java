package dev.connpool.benchmarks.clients;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.MediaType;
import dev.connpool.benchmarks.Callback;
import dev.connpool.benchmarks.ClientAdapter;
import dev.connpool.benchmarks.Request;
import dev.connpool.benchmarks.Target;

/** Armeria with defaults; it ships BoringSSL, so its TLS is not the JDK's. */
public final class ArmeriaAdapter implements ClientAdapter {

	private ClientFactory factory;

	private WebClient client;

	@Override
	public void start(Target target) {
		this.factory = ClientFactory.builder().build();
		String scheme = switch (target.protocol()) {
			case H1 -> "h1c";
			case H1S -> "h1";
			case H2 -> "h2";
			case H2C -> "h2c";
		};
		this.client = WebClient.builder(scheme + "://" + Target.HOST + ":" + target.port())
			.factory(this.factory)
			.build();
	}

	@Override
	public void send(Request request, Callback callback) {
		HttpResponse response = (request.body() == null) ? this.client.get(request.path())
				: this.client.prepare().post(request.path()).content(MediaType.OCTET_STREAM, request.body()).execute();
		response.aggregate().whenComplete((message, error) -> {
			if (error != null) {
				callback.failed(error);
			}
			else {
				callback.ok(message.status().code(), message.content().array());
			}
		});
	}

	@Override
	public void close() {
		this.factory.close();
	}

}
