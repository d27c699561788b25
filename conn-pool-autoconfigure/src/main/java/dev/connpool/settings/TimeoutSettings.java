package dev.connpool.settings;

import java.time.Duration;
import java.util.function.Consumer;

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

	/**
	 * Change settings, all at once because some of them depend on each other.
	 * @param changes makes the changes
	 * @return the changed settings
	 */
	public TimeoutSettings with(Consumer<Builder> changes) {
		Builder builder = new Builder(this);
		changes.accept(builder);
		return builder.build();
	}

	/**
	 * Settings while they are changed.
	 */
	public static final class Builder {

		private Duration connect;

		private Duration tlsHandshake;

		private Duration acquire;

		private Duration responseHeader;

		private Duration request;

		private Duration streamIdle;

		private Duration expectContinue;

		private Builder(TimeoutSettings from) {
			this.connect = from.connect;
			this.tlsHandshake = from.tlsHandshake;
			this.acquire = from.acquire;
			this.responseHeader = from.responseHeader;
			this.request = from.request;
			this.streamIdle = from.streamIdle;
			this.expectContinue = from.expectContinue;
		}

		public Builder connect(Duration connect) {
			this.connect = connect;
			return this;
		}

		public Builder tlsHandshake(Duration tlsHandshake) {
			this.tlsHandshake = tlsHandshake;
			return this;
		}

		public Builder acquire(Duration acquire) {
			this.acquire = acquire;
			return this;
		}

		public Builder responseHeader(Duration responseHeader) {
			this.responseHeader = responseHeader;
			return this;
		}

		public Builder request(Duration request) {
			this.request = request;
			return this;
		}

		public Builder streamIdle(Duration streamIdle) {
			this.streamIdle = streamIdle;
			return this;
		}

		public Builder expectContinue(Duration expectContinue) {
			this.expectContinue = expectContinue;
			return this;
		}

		private TimeoutSettings build() {
			return new TimeoutSettings(this.connect, this.tlsHandshake, this.acquire, this.responseHeader, this.request,
					this.streamIdle, this.expectContinue);
		}

	}

}
