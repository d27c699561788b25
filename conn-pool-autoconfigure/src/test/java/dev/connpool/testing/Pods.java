package dev.connpool.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Servers that listen at one port of several loopback addresses, as the pods of a service
 * do.
 */
public final class Pods {

	private final List<TestServer> servers = new ArrayList<>();

	/** Start servers at 127.0.0.1 and the addresses after it. */
	public Pods(Network network, Wire wire, int count, UnaryOperator<TestServerBuilder> change) {
		int port = LoopbackPort.free();
		for (int number = 0; number < count; number++) {
			TestServerBuilder builder = change.apply(wire.server().certificate(TestCertificate.NAMED));
			this.servers.add(builder.start(network, address(number), port));
		}
	}

	public static Pods start(Network network, Wire wire, int count) {
		return new Pods(network, wire, count, UnaryOperator.identity());
	}

	/** The IP address of a server. */
	public static String address(int number) {
		return "127.0.0.%d".formatted(number + 1);
	}

	public TestServer get(int number) {
		return this.servers.get(number);
	}

	/** All of them, as a client knows them. */
	public Origin origin() {
		return new Origin() {

			@Override
			public String scheme() {
				return Pods.this.get(0).scheme();
			}

			@Override
			public int port() {
				return Pods.this.get(0).port();
			}

			@Override
			public String host() {
				return NameServer.origin(Pods.this.get(0));
			}
		};
	}

	public String url(String path) {
		return origin().url(path);
	}

	/** How many requests each server has received. */
	public List<Integer> requests(String path) {
		return this.servers.stream().map((server) -> server.requests(path)).toList();
	}

}
