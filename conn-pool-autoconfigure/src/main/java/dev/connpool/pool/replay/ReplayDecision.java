package dev.connpool.pool.replay;

import java.util.Set;

import dev.connpool.pool.host.ReplayReason;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of an exchange that got no response. It decides, and nothing else does,
 * whether the request may be sent again: if the server cannot have acted on it, or if
 * acting twice does no harm (RFC 9110, section 9.2.2; {@code shouldRetryRequest} in Go).
 *
 * @param method the method
 * @param keyed whether the request bears an {@code Idempotency-Key}
 * @param repeatable whether the same body can be sent again
 * @param written whether anything of the request was handed to the transport
 * @param refused whether the server reset the stream with REFUSED_STREAM
 * @param beyondGoAway whether the stream is one that the server said it ignores
 * @param broken whether the connection itself is gone
 * @param proven whether the connection had delivered a response before
 * @param heard whether a byte of this response had arrived
 */
public record ReplayDecision(String method, boolean keyed, boolean repeatable, boolean written, boolean refused,
		boolean beyondGoAway, boolean broken, boolean proven, boolean heard) {

	private static final Set<String> REPLAYABLE = Set.of("GET", "HEAD", "OPTIONS", "TRACE");

	/**
	 * Decide.
	 * @return why the request may be sent again, or {@code null} if it may not
	 */
	public @Nullable ReplayReason replay() {
		return this.repeatable ? promise() : null;
	}

	private @Nullable ReplayReason promise() {
		if (!this.written) {
			return ReplayReason.NOT_WRITTEN;
		}
		if (this.beyondGoAway) {
			return ReplayReason.GOAWAY;
		}
		if (this.refused) {
			return ReplayReason.REFUSED_STREAM;
		}
		return (this.broken && this.proven && !this.heard && isIdempotent()) ? ReplayReason.CONNECTION_LOST : null;
	}

	/**
	 * Return whether it does no harm if the server acts twice on the request.
	 * @return whether it is idempotent and can be produced again
	 */
	public boolean mayBeRepeated() {
		return this.repeatable && isIdempotent();
	}

	private boolean isIdempotent() {
		return this.keyed || REPLAYABLE.contains(this.method);
	}

	/**
	 * Say why the request may not be sent again.
	 * @return a sentence
	 */
	public String obstacle() {
		if (promise() != null) {
			return "It was not sent again because its streaming body cannot be produced twice:"
					+ " send it from a Mono, or state its Content-Length.";
		}
		if (this.heard) {
			return "It was not sent again because a part of the response had arrived.";
		}
		if (!this.broken) {
			return "It was not sent again because the server may have acted on it, or answered.";
		}
		return isIdempotent() ? "It was not sent again because the connection had never answered before."
				: "It was not sent again because %s is not idempotent; an 'Idempotency-Key' header would allow it."
					.formatted(this.method);
	}

}
