package dev.connpool.behaviour;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import dev.connpool.testing.Gate;
import dev.connpool.testing.NameServer;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that has all the open files that it may have is told so, whatever the file
 * was for, and goes on when there are fewer.
 */
@EnabledOnOs(OS.LINUX)
class OpenFilesIntegrationTests {

	private static final int LIMIT = 512;

	private static final int PATIENCE_SECONDS = 60;

	@RegisterExtension
	final Network network = new Network();

	@RegisterExtension
	final NameServer names = new NameServer();

	@TempDir
	private Path directory;

	@ParameterizedTest(name = "epoll {0}")
	@ValueSource(booleans = { false, true })
	void tooManyOpenFilesAreNamedUntilThereAreFewer(boolean epoll) throws Exception {
		TestServer server = TestServer.h1().hold("/hold", new Gate()).start(this.network);
		this.names.answer(0, "127.0.0.1");
		Path log = this.directory.resolve("output.log");
		String java = ProcessHandle.current().info().command().orElseThrow();
		Process application = new ProcessBuilder("sh", "-c", "ulimit -n \"$0\" && exec \"$@\"", String.valueOf(LIMIT),
				java, "-XX:-MaxFDLimit", "-Dreactor.netty.native=" + epoll, "-cp",
				System.getProperty("java.class.path"), OpenFilesApplication.class.getName(),
				String.valueOf(this.names.port()), server.url(""), NameServer.origin(server))
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			assertThat(application.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(() -> read(log)).isTrue();
			assertThat(application.exitValue()).as(() -> read(log)).isZero();
		}
		finally {
			application.destroyForcibly();
		}
	}

	private static String read(Path log) {
		try {
			return Files.readString(log);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
