package dev.connpool.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.connpool.testing.Origin;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestClient;
import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A server of somebody else on loopback: a child process that needs no privileges and
 * keeps everything in one directory.
 */
final class ServerProcess implements Origin, AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String NOBODY = "65534";

	/** The state of an established connection in the tables of Linux. */
	private static final String ESTABLISHED = "01";

	private final String scheme;

	private final int port;

	private final Path directory;

	private final Process process;

	private ServerProcess(String scheme, int port, Path directory, Process process) {
		this.scheme = scheme;
		this.port = port;
		this.directory = directory;
		this.process = process;
	}

	/** Skip the tests of a server that is not installed. */
	static void assumeInstalled(String binary) {
		Assumptions.assumeTrue(find(binary).isPresent(), "'%s' is not installed".formatted(binary));
	}

	private static Optional<Path> find(String binary) {
		return Stream.concat(Arrays.stream(System.getenv("PATH").split(":")), Stream.of("/usr/sbin"))
			.map((directory) -> Path.of(directory, binary))
			.filter(Files::isExecutable)
			.findFirst();
	}

	/**
	 * Give a server its directory, with {@code server.pem} and the given configuration.
	 */
	static Path configure(Path directory, String configuration) {
		try {
			TestCertificate.LOOPBACK.writeTo(directory.resolve("server.pem"));
			Files.writeString(directory.resolve("server.conf"), configuration);
			if (isRoot()) {
				Files.setOwner(directory,
						directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(NOBODY));
			}
			return directory;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Start a server and wait until it accepts connections. */
	static ServerProcess start(String scheme, int port, Path directory, String... command) {
		ServerProcess server = new ServerProcess(scheme, port, directory, launch(directory, command));
		try {
			await().atMost(PATIENCE).until(server::accepts);
			return server;
		}
		catch (RuntimeException ex) {
			server.close();
			throw new IllegalStateException("%s: %s".formatted(String.join(" ", command), server.output()), ex);
		}
	}

	private static Process launch(Path directory, String... command) {
		try {
			String binary = find(command[0]).orElseThrow().toString();
			List<String> all = new ArrayList<>(unprivileged());
			all.add(binary);
			all.addAll(List.of(command).subList(1, command.length));
			return new ProcessBuilder(all).directory(directory.toFile())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("output.log").toFile()))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<String> unprivileged() {
		return isRoot() ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups") : List.of();
	}

	private static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	private boolean accepts() {
		assertThat(this.process.isAlive()).as("alive").isTrue();
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(HOST, this.port));
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/** What the server has written. */
	String output() {
		try {
			return Files.readString(this.directory.resolve("output.log"));
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	/** Run a command that tells the server something. */
	void run(String... command) {
		Process telling = launch(this.directory, command);
		int exitCode = telling.onExit().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join().exitValue();
		assertThat(exitCode).as(output()).isZero();
	}

	/** Have a client let go of its connections, and look whether it did. */
	void assertLeftBy(TestClient client) {
		await().atMost(PATIENCE).untilAsserted(() -> {
			// What a caller did not wait for any more may come to be idle only now.
			client.pooled().closeIdle();
			assertThat(client.pooled().snapshot().hosts().values())
				.allSatisfy((host) -> assertThat(host.connections().total()).isZero());
			assertThat(openConnections()).isZero();
		});
		assertThat(client).holdsNothing();
	}

	/** The connections that the kernel knows as open at this server. */
	private long openConnections() {
		String local = ":%04X".formatted(this.port);
		try (Stream<String> table = Files.lines(Path.of("/proc/net/tcp"), StandardCharsets.US_ASCII)) {
			return table.map((line) -> line.trim().split("\\s+"))
				.filter((columns) -> columns[1].endsWith(local) && columns[3].equals(ESTABLISHED))
				.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public String scheme() {
		return this.scheme;
	}

	@Override
	public int port() {
		return this.port;
	}

	@Override
	public void close() {
		List<ProcessHandle> all = Stream.concat(Stream.of(this.process.toHandle()), this.process.descendants())
			.toList();
		this.process.destroy();
		this.process.onExit().completeOnTimeout(this.process, PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
		all.forEach(ProcessHandle::destroyForcibly);
		all.forEach((each) -> each.onExit().join());
	}

}
