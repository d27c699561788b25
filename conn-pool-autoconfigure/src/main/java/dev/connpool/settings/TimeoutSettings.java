package dev.connpool.settings;

import java.time.Duration;

/**
 * The deadlines of a client. Zero means none where that is said.
 *
 * @param connect longest time to resolve the name and connect, over all its addresses
 * @param tlsHandshake longest TLS handshake
 * @param acquire longest wait for a connection
 * @param responseHeader longest time from the request being written to the head of its
 * response; zero for none
 * @param request longest time from subscription to the last byte of the body; zero for
 * none
 * @param streamIdle longest silence within the body of an event stream; zero for none
 * @param expectContinue longest time for which a request body is held back that the
 * server may refuse by {@code Expect: 100-continue}; zero to send it at once
 */
public record TimeoutSettings(Duration connect, Duration tlsHandshake, Duration acquire, Duration responseHeader,
		Duration request, Duration streamIdle, Duration expectContinue) {

	/**
	 * What a client gets when nothing is configured.
	 */
	static final TimeoutSettings DEFAULTS = new TimeoutSettings(Duration.ofSeconds(5), Duration.ofSeconds(5),
			Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ZERO,
			Duration.ofSeconds(1));

	public TimeoutSettings {
		Require.positive("timeouts.connect", connect);
		Require.positive("timeouts.tls-handshake", tlsHandshake);
		Require.positive("timeouts.acquire", acquire);
		Require.zeroOrPositive("timeouts.response-header", responseHeader);
		Require.zeroOrPositive("timeouts.request", request);
		Require.zeroOrPositive("timeouts.stream-idle", streamIdle);
		Require.zeroOrPositive("timeouts.expect-continue", expectContinue);
	}

}
