package dev.connpool.testing;

import java.time.Duration;
import java.util.List;

import dev.connpool.finding.Finding;
import dev.connpool.finding.Findings;
import dev.connpool.web.ConnPoolClient;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about one client. They look at it once, or, after {@link #eventually()},
 * until they are true.
 */
public final class ConnPoolClientAssert extends AbstractAssert<ConnPoolClientAssert, ConnPoolClient> {

	private Patience patience = Patience.NONE;

	ConnPoolClientAssert(ConnPoolClient actual) {
		super(actual, ConnPoolClientAssert.class);
	}

	/**
	 * Give what follows five seconds to become true.
	 * @return this
	 */
	public ConnPoolClientAssert eventually() {
		this.patience = Patience.USUAL;
		return this;
	}

	/**
	 * Give what follows some time to become true.
	 * @param atMost how long each assertion may take
	 * @return this
	 */
	public ConnPoolClientAssert eventually(Duration atMost) {
		this.patience = new Patience(atMost);
		return this;
	}

	/**
	 * Assert that the client has sent a request to a host, and go on with that host.
	 * @param url a URL of the host; its path does not matter
	 * @return assertions about the connections to the host
	 */
	public HostAssert host(String url) {
		isNotNull();
		return new HostAssert(this.actual, HostName.of(url), this.patience);
	}

	/**
	 * Assert that the client has sent a request to a server, and go on with that server.
	 * @param server the server
	 * @return assertions about the connections to the server
	 */
	public HostAssert host(Origin server) {
		return host(server.url());
	}

	/**
	 * Assert that there is nothing to change about the client. What is wrong with its
	 * settings is found at once, what is wrong with its traffic after ten seconds of it.
	 * @param findings the findings of the application, a bean
	 * @return this
	 */
	public ConnPoolClientAssert hasNoFindings(Findings findings) {
		isNotNull();
		this.patience.untilAsserted(() -> {
			List<Finding> found = findings.of(this.actual.name());
			if (!found.isEmpty()) {
				failWithMessage("Expected no findings about client '%s' but there were:%n%s", this.actual.name(),
						String.join(System.lineSeparator(), found.stream().map(ConnPoolClientAssert::line).toList()));
			}
		});
		return this;
	}

	private static String line(Finding finding) {
		String host = (finding.host() != null) ? finding.host() + ": " : "";
		return "  %s (%s): %s%s".formatted(finding.rule().id(), finding.rule().severity().id(), host,
				finding.message());
	}

}
