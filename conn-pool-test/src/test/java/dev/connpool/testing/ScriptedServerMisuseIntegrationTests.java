package dev.connpool.testing;

import java.io.IOException;
import java.net.URI;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

import static dev.connpool.testing.ConnPoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A {@link ScriptedServer} says when it is told something that cannot come true.
 */
class ScriptedServerMisuseIntegrationTests {

	@AutoClose
	private final ScriptedServer server = ScriptedServer.h1();

	@Test
	void numbersBeginAtOne() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.onRequest(0))
			.withMessage("There is no request 0: the first is 1");
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.onConnection(-1))
			.withMessage("There is no connection -1: the first is 1");
	}

	@Test
	void aScriptForWhatIsOverIsRefused() throws IOException {
		get("/");
		assertThatIllegalStateException().isThrownBy(() -> this.server.onRequest(1))
			.withMessage("The request 1 came already, 1 so far: write its script before");
		assertThatIllegalStateException().isThrownBy(() -> this.server.onConnection(1))
			.withMessage("The connection 1 came already, 1 so far: write its script before");
		this.server.onRequest(2).answers();
	}

	@Test
	void aStepThatComesTooLateIsRefused() throws IOException {
		Script script = this.server.onRequest("/orders").answers();
		get("/orders");
		assertThatIllegalStateException().isThrownBy(script::closes)
			.withMessage("This script was begun, so 'closes' comes too late:"
					+ " write all steps before the request is sent");
	}

	@Test
	void aPathIsNoUrl() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.onRequest(this.server.url("/orders")))
			.withMessageStartingWith("A path begins with a slash and has no query, unlike 'http://127.0.0.1:");
		assertThatIllegalArgumentException().isThrownBy(() -> this.server.onRequest("/orders?page=1"));
	}

	@Test
	void endsItsConnectionsAndListensOn() throws IOException {
		get("/");
		this.server.closeConnections();
		assertThat(this.server).settlesAt(0);
		get("/");
		assertThat(this.server).acceptedConnections(2).processedRequest("GET", "/", 2);
	}

	@Test
	void doesNotListenWhenItIsClosed() {
		this.server.close();
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> get("/"));
	}

	@Test
	void theCertificateIsPem() {
		assertThat(ScriptedServer.certificate()).startsWith("-----BEGIN CERTIFICATE-----")
			.doesNotContain("PRIVATE")
			.isEqualTo(ScriptedServer.certificate());
	}

	private void get(String path) throws IOException {
		URI.create(this.server.url(path)).toURL().openStream().close();
	}

}
