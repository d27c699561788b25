package dev.connpool.benchmarks.driver;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.connpool.benchmarks.Protocol;

/**
 * What requests are sent to.
 */
enum Server {

	NGINX("nginx", "nginx", List.of(Protocol.values())),

	/** Allows 2,000 streams on a connection instead of 128. */
	NGINX_WIDE("nginx-wide", "nginx with 2,000 streams per connection", List.of(Protocol.H2)),

	/** The first of them, through a pipe that takes 25 ms each way. */
	NGINX_FAR("nginx-far", "nginx 50 ms away", List.of(Protocol.H1S, Protocol.H2)),

	NGHTTPD("nghttpd", "nghttpd", List.of(Protocol.H2, Protocol.H2C));

	private final String id;

	private final String title;

	private final List<Protocol> protocols;

	Server(String id, String title, List<Protocol> protocols) {
		this.id = id;
		this.title = title;
		this.protocols = protocols;
	}

	static Server of(String id) {
		return Arrays.stream(values())
			.filter((server) -> server.id.equals(id))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(id));
	}

	String id() {
		return this.id;
	}

	String title() {
		return this.title;
	}

	List<Protocol> protocols() {
		return this.protocols;
	}

	static boolean isNginx(Set<Server> servers) {
		return servers.stream().anyMatch((server) -> server != NGHTTPD);
	}

}
