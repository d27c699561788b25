package dev.connpool.benchmarks.driver;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.connpool.benchmarks.Protocol;

/**
 * The clients that can be compared.
 */
enum Client {

	WEB_CLIENT("web-client", "conn-pool `WebClient`", "ours", "OursAdapter", "-"),

	WEB_CLIENT_REACTOR_NETTY("web-client-reactor-netty", "conn-pool `WebClient`, on Reactor Netty", "ours",
			"OursAdapter", "reactor-netty"),

	ENGINE("engine", "conn-pool, without a client around it", "ours", "OursAdapter", "engine"),

	HTTP_CLIENT("http-client", "conn-pool `httpClient()`", "ours", "OursAdapter", "http-client"),

	WEB_CLIENT_UNTRACKED("web-client-untracked", "conn-pool `WebClient`, no tracking", "ours", "OursAdapter", "-"),

	HTTP_CLIENT_UNTRACKED("http-client-untracked", "conn-pool `httpClient()`, no tracking", "ours", "OursAdapter",
			"http-client"),

	WEB_CLIENT_BORINGSSL("web-client-boringssl", "conn-pool `WebClient`, BoringSSL", "ours-boringssl", "OursAdapter",
			"-", EnumSet.of(Protocol.H1S, Protocol.H2)),

	HTTP_CLIENT_BORINGSSL("http-client-boringssl", "conn-pool `httpClient()`, BoringSSL", "ours-boringssl",
			"OursAdapter", "http-client", EnumSet.of(Protocol.H1S, Protocol.H2)),

	WEB_CLIENT_URING("web-client-uring", "conn-pool `WebClient`, io_uring", "ours-uring", "OursAdapter", "-",
			EnumSet.of(Protocol.H1)),

	HTTP_CLIENT_URING("http-client-uring", "conn-pool `httpClient()`, io_uring", "ours-uring", "OursAdapter",
			"http-client", EnumSet.of(Protocol.H1)),

	REST("rest", "conn-pool `RestClient`", "rest", "RestAdapter", "-"),

	REST_REACTOR_NETTY("rest-reactor-netty", "conn-pool `RestClient`, on Reactor Netty", "rest", "RestAdapter",
			"reactor-netty"),

	/** Without HTTP/2, which is what is compared with it. */
	REST_APACHE("rest-apache", "`RestClient` on Apache's classic client", "rest", "RestAdapter", "apache",
			EnumSet.of(Protocol.H1, Protocol.H1S, Protocol.H2)),

	REST_JDK("rest-jdk", "`RestClient` on the JDK's client", "rest", "RestAdapter", "jdk",
			EnumSet.of(Protocol.H1, Protocol.H1S, Protocol.H2)),

	/** Without HTTP/2, which needs another transport. */
	REST_JETTY("rest-jetty", "`RestClient` on Jetty's client", "rest", "RestAdapter", "jetty",
			EnumSet.of(Protocol.H1, Protocol.H1S)),

	BOOT("boot", "Boot's `WebClient`", "boot", "BootAdapter", "-"),

	NO_NETWORK("no-network", "`WebClient` that sends nothing", "boot", "BootAdapter", "no-network"),

	REACTOR("reactor", "Reactor Netty", "reactor", "ReactorAdapter", "-"),

	REACTOR_STRICT("reactor-strict", "Reactor Netty, strict", "reactor", "ReactorAdapter", "strict",
			EnumSet.of(Protocol.H2, Protocol.H2C)),

	VERTX("vertx", "Vert.x", "vertx", "VertxAdapter", "-"),

	ARMERIA("armeria", "Armeria", "armeria", "ArmeriaAdapter", "-"),

	JETTY("jetty", "Jetty", "jetty", "JettyAdapter", "-"),

	APACHE("apache", "Apache HttpClient", "apache", "ApacheAdapter", "-"),

	OKHTTP("okhttp", "OkHttp", "okhttp", "OkHttpAdapter", "-"),

	/** It cannot speak h2c with prior knowledge. */
	JDK("jdk", "JDK", "jdk", "JdkAdapter", "-", EnumSet.of(Protocol.H1, Protocol.H1S, Protocol.H2));

	private final String id;

	private final String title;

	private final String module;

	private final String adapter;

	private final String options;

	private final Set<Protocol> protocols;

	Client(String id, String title, String module, String adapter, String options) {
		this(id, title, module, adapter, options, EnumSet.allOf(Protocol.class));
	}

	Client(String id, String title, String module, String adapter, String options, Set<Protocol> protocols) {
		this.id = id;
		this.title = title;
		this.module = "clients/" + module;
		this.adapter = "dev.connpool.benchmarks.clients." + adapter;
		this.options = options;
		this.protocols = protocols;
	}

	static Client of(String id) {
		return Arrays.stream(values())
			.filter((client) -> client.id.equals(id))
			.findFirst()
			.orElseThrow(() -> new StoppedException("There is no client '%s', only %s".formatted(id,
					Arrays.stream(values()).map((client) -> client.id).collect(Collectors.joining(", ")))));
	}

	static List<String> tracked() {
		return Arrays.stream(values()).filter((client) -> !client.isUntracked()).map((client) -> client.id).toList();
	}

	String id() {
		return this.id;
	}

	String title() {
		return this.title;
	}

	String module() {
		return this.module;
	}

	String adapter() {
		return this.adapter;
	}

	String options() {
		return this.options;
	}

	boolean isOurs() {
		return this.adapter.endsWith("OursAdapter");
	}

	boolean isUntracked() {
		return this.id.endsWith("-untracked");
	}

	boolean speaks(Protocol protocol) {
		return this.protocols.contains(protocol);
	}

}
