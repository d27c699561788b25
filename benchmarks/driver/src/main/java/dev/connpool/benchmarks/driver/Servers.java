package dev.connpool.benchmarks.driver;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.connpool.benchmarks.Protocol;

/**
 * The servers, each in a process of its own.
 */
final class Servers implements AutoCloseable {

	private static final long START_SECONDS = 10;

	/** Lines of a log, of which the first say what went wrong. */
	private static final int WORDS = 8;

	private final ServerFiles files;

	private final Ports ports;

	private final List<Process> processes = new ArrayList<>();

	private Servers(ServerFiles files, Ports ports) {
		this.files = files;
		this.ports = ports;
	}

	/**
	 * Start servers.
	 * @param needed which of them
	 * @param delays whether nginx has to answer after a while, for bursts
	 * @param options the port to begin with
	 * @param directory where their files are kept
	 * @return the servers
	 */
	static Servers start(Set<Server> needed, boolean delays, Options options, Path directory) {
		if (Server.isNginx(needed)) {
			require("nginx", "nginx");
		}
		if (needed.contains(Server.NGHTTPD)) {
			require("nghttpd", "nghttp2-server");
		}
		if (delays && !Files.exists(Path.of(ServerFiles.ECHO_MODULE))) {
			throw new StoppedException(
					"Bursts need %s: apt-get install libnginx-mod-http-echo".formatted(ServerFiles.ECHO_MODULE));
		}
		Servers servers = new Servers(new ServerFiles(directory), Ports.choose(options.count("port", 0)));
		servers.files.write(servers.ports, delays);
		try {
			servers.start(needed);
			return servers;
		}
		catch (StoppedException ex) {
			servers.close();
			throw ex;
		}
	}

	private static void require(String command, String debianPackage) {
		if (find(command).isEmpty()) {
			throw new StoppedException("There is no %s: apt-get install %s".formatted(command, debianPackage));
		}
	}

	/**
	 * Find a server, also where it is for administrators only.
	 * @param command its name
	 * @return the file
	 */
	static Optional<String> find(String command) {
		return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator))
			.map((directory) -> Path.of(directory, command))
			.filter(Files::isExecutable)
			.map(Path::toString)
			.findFirst();
	}

	private void start(Set<Server> needed) {
		if (Server.isNginx(needed)) {
			Process nginx = run("nginx", List.of(find("nginx").orElseThrow(), "-e", this.files.log("nginx").toString(),
					"-c", this.files.nginxConfiguration().toString()));
			await("nginx", nginx, this.ports.status());
		}
		if (needed.contains(Server.NGHTTPD)) {
			startNghttpd(Protocol.H2, List.of());
			startNghttpd(Protocol.H2C, List.of("--no-tls"));
		}
		if (needed.contains(Server.NGINX_FAR)) {
			for (Protocol protocol : Server.NGINX_FAR.protocols()) {
				startPipe(protocol);
			}
		}
	}

	private void startNghttpd(Protocol protocol, List<String> flags) {
		String name = "nghttpd-" + protocol;
		int port = this.ports.of(Server.NGHTTPD, protocol);
		List<String> command = new ArrayList<>(List.of(find("nghttpd").orElseThrow(), "-a", "127.0.0.1", "-m", "1000",
				"-d", this.files.www().toString()));
		command.addAll(flags);
		command.add(Integer.toString(port));
		if (protocol.tls()) {
			command.addAll(List.of(this.files.key().toString(), this.files.certificate().toString()));
		}
		await(name, run(name, command), port);
	}

	private void startPipe(Protocol protocol) {
		int port = this.ports.of(Server.NGINX_FAR, protocol);
		String name = "pipe-" + protocol;
		Process pipe = run(name,
				List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
						System.getProperty("java.class.path"), LongPipe.class.getName(), Integer.toString(port),
						Integer.toString(this.ports.of(Server.NGINX, protocol))));
		await(name, pipe, port);
	}

	private Process run(String name, List<String> command) {
		try {
			File log = this.files.log(name).toFile();
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log))
				.start();
			this.processes.add(process);
			return process;
		}
		catch (IOException ex) {
			throw new StoppedException("%s does not start: %s".formatted(name, ex.getMessage()));
		}
	}

	private void await(String name, Process process, int port) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
		while (process.isAlive() && System.nanoTime() < end) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				if (socket.isConnected()) {
					return;
				}
			}
			catch (IOException ex) {
				// Not yet.
			}
		}
		throw new StoppedException("%s did not start: %s".formatted(name, words(this.files.log(name))));
	}

	static String words(Path log) {
		try {
			List<String> lines = Files.readAllLines(log);
			return String.join(System.lineSeparator(), lines.subList(0, Math.min(WORDS, lines.size())));
		}
		catch (IOException ex) {
			return "nothing in " + log;
		}
	}

	ServerFiles files() {
		return this.files;
	}

	Ports ports() {
		return this.ports;
	}

	@Override
	public void close() {
		this.processes.forEach(Process::destroy);
		for (Process process : this.processes) {
			process.onExit().orTimeout(START_SECONDS, TimeUnit.SECONDS).exceptionally((late) -> process).join();
			process.destroyForcibly();
		}
	}

}
