package dev.connpool.interop;

import java.nio.file.Path;
import java.util.stream.Stream;

import dev.connpool.testing.LoopbackPort;

/**
 * nginx with TLS and HTTP/2, which answers with the method, and at {@code /resumed} with
 * what it knows of the TLS session.
 */
final class Nginx {

	private static final String CONFIGURATION = """
			daemon off;
			worker_processes 2;
			pid nginx.pid;
			error_log error.log;
			events {
				worker_connections 512;
			}
			http {
				access_log off;
				client_body_temp_path body;
				proxy_temp_path proxy;
				fastcgi_temp_path fastcgi;
				uwsgi_temp_path uwsgi;
				scgi_temp_path scgi;
				server {
					listen 127.0.0.1:%d ssl http2;
					ssl_certificate %2$s/server.pem;
					ssl_certificate_key %2$s/server.pem;
					%3$s
					location / {
						return 200 $request_method;
					}
					location /resumed {
						return 200 $ssl_session_reused;
					}
				}
			}
			""";

	private Nginx() {
	}

	/** Start it in a directory, with more directives for the server. */
	static ServerProcess start(Path directory, String directives) {
		int port = LoopbackPort.free();
		ServerProcess.configure(directory, CONFIGURATION.formatted(port, directory, directives));
		return ServerProcess.start("https", port, directory, command(directory));
	}

	/**
	 * Make the one that runs in a directory read its configuration and certificate again.
	 */
	static void reload(ServerProcess nginx, Path directory) {
		nginx.run(command(directory, "-s", "reload"));
	}

	private static String[] command(Path directory, String... more) {
		Stream<String> command = Stream.of("nginx", "-p", directory.toString(), "-c",
				directory.resolve("server.conf").toString(), "-e", directory.resolve("error.log").toString());
		return Stream.concat(command, Stream.of(more)).toArray(String[]::new);
	}

}
