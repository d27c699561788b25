package dev.connpool.pool.host;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

import dev.connpool.error.AcquireTimeoutException;
import dev.connpool.error.ClientClosedException;
import dev.connpool.error.ConnPoolException;
import dev.connpool.error.ConnectionFailedException;
import dev.connpool.error.ConnectionLostException;
import dev.connpool.error.ContentLengthException;
import dev.connpool.error.ExchangeFailedException;
import dev.connpool.error.LeakReclaimedException;
import dev.connpool.error.NoCommonProtocolException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.error.ProxyName;
import dev.connpool.error.RequestHeaderTooLargeException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import org.jspecify.annotations.Nullable;

/**
 * What callers are told when something goes wrong with one host. Each error names the
 * client, the host, what happened, and the property to change if there is one. Safe for
 * use by many threads.
 *
 * @param host the host
 */
public record HostErrors(Host host) {

	private static final int DEEPEST = 8;

	private @Nullable ProxyName proxyName() {
		Proxy proxy = this.host.proxy();
		return (proxy != null) ? new ProxyName(proxy.toString(), proxy.source()) : null;
	}

	public ConnPoolException connectionFailed(ConnectionFailedException.Phase phase, Duration after, Throwable cause,
			List<SocketAddress> tried) {
		if (isTooManyOpenFiles(cause)) {
			return ConnectionFailedException.tooManyOpenFiles(this.host.client(), this.host.origin(), this.host.own(),
					cause);
		}
		ProxyName name = proxyName();
		if (name != null && cause instanceof ProxyRefusedException refused) {
			return ConnectionFailedException.refused(this.host.client(), this.host.origin(), name,
					refused.status().code(), refused.status().reasonPhrase());
		}
		return ConnectionFailedException.failed(this.host.client(), this.host.origin(), name, phase, after, cause,
				tried);
	}

	// There is no type for it: EMFILE and ENFILE, in the words of the C library.
	private static boolean isTooManyOpenFiles(Throwable cause) {
		Throwable each = cause;
		for (int depth = 0; each != null && depth < DEEPEST; depth++) {
			if (String.valueOf(each.getMessage()).contains("Too many open files")) {
				return true;
			}
			each = each.getCause();
		}
		return false;
	}

	public ConnPoolException connectionTimedOut(ConnectionFailedException.Phase phase, List<SocketAddress> tried) {
		return ConnectionFailedException.timedOut(this.host.client(), this.host.origin(), proxyName(), phase,
				this.host.own(), tried);
	}

	/**
	 * Say why there is no protocol that both sides speak.
	 * @param obstacle what is in the way, and what to change, as the end of a sentence
	 * @return the error
	 */
	public ConnPoolException noCommonProtocol(String obstacle) {
		String protocols = this.host.settings()
			.protocols()
			.stream()
			.map(Protocol::id)
			.collect(Collectors.joining(", "));
		return new NoCommonProtocolException(this.host.client(), this.host.origin(), protocols, obstacle);
	}

	/**
	 * Say why no request is sent, whatever the server speaks.
	 * @return the error
	 */
	public ConnPoolException noProtocolForScheme() {
		return noCommonProtocol(this.host.secure() ? "'h2c' is for http; add 'h2' or 'http/1.1' for https"
				: "'h2' needs https; add 'http/1.1' or 'h2c' for http");
	}

	/**
	 * Say why a request is not sent that needs a stream.
	 * @return the error
	 */
	public ConnPoolException noStreams() {
		return noCommonProtocol(
				"the request needs a stream of its own, and the server speaks HTTP/1.1 here;" + " let it speak HTTP/2");
	}

	/**
	 * Say that the deadline of a request has passed.
	 * @param phase what was being done, as the end of a sentence
	 * @return the error
	 */
	public ConnPoolException requestTimeout(String phase) {
		return new RequestTimeoutException(this.host.client(), this.host.origin(), this.host.own(), phase);
	}

	/**
	 * Say that a caller has waited for too long.
	 * @param state how many connections there are, and how many wait
	 * @return the error
	 */
	public ConnPoolException acquireTimeout(String state) {
		return new AcquireTimeoutException(this.host.client(), this.host.origin(), this.host.own(), state);
	}

	/**
	 * Say that too many wait for one more to be let in.
	 * @param state how many connections there are, and how many wait
	 * @return the error
	 */
	public ConnPoolException pendingAcquiresFull(String state) {
		return new PendingAcquiresFullException(this.host.client(), this.host.origin(), this.host.own(), state);
	}

	/**
	 * Say that the client was shut down.
	 * @return the error
	 */
	public ConnPoolException closed() {
		return new ClientClosedException(this.host.client(), this.host.origin());
	}

	/**
	 * Say what ended an exchange. An {@code Error} would end more than that: Reactor
	 * throws those that it takes for fatal at whoever tells them.
	 * @param thrown what was thrown
	 * @return the same, or what the caller is told in its place
	 */
	public Throwable failed(Throwable thrown) {
		// Codecs wrap it.
		Throwable cause = (thrown instanceof CodecException && thrown.getCause() != null) ? thrown.getCause() : thrown;
		return (cause instanceof Error error)
				? new ExchangeFailedException(this.host.client(), this.host.origin(), error) : thrown;
	}

	/**
	 * Say that the event loops were stopped before the client.
	 * @return the error
	 */
	public ConnPoolException stopped() {
		return ClientClosedException.ofEventLoops(this.host.client(), this.host.origin());
	}

	/**
	 * Say that a connection or a stream went away under an exchange.
	 * @param end how it ended, and how far the exchange had come, as a sentence
	 * @param obstacle why the request is not sent again, as a sentence, or {@code null}
	 * @param cause what was reported, or {@code null}
	 * @return the error
	 */
	public ConnPoolException lost(String end, @Nullable String obstacle, @Nullable Throwable cause) {
		String message = end + ((obstacle != null) ? " " + obstacle : "");
		Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
		if (error != null) {
			return ProtocolErrorException.ofConnection(this.host.client(), this.host.origin(), error.error().name(),
					message, error);
		}
		return new ConnectionLostException(this.host.client(), this.host.origin(), message, cause);
	}

	/**
	 * Say that a request is not as long as it says.
	 * @param mistake what is wrong, as the end of a sentence
	 * @return the error
	 */
	public ContentLengthException wrongLength(String mistake) {
		return new ContentLengthException(this.host.client(), this.host.origin(), mistake);
	}

	public ProtocolErrorException protocolError(String rule, Throwable cause) {
		return new ProtocolErrorException(this.host.client(), this.host.origin(), rule, cause);
	}

	public ProtocolErrorException protocolError(String rule) {
		return new ProtocolErrorException(this.host.client(), this.host.origin(), rule);
	}

	public ProtocolErrorException unsolicited() {
		return ProtocolErrorException.unsolicited(this.host.client(), this.host.origin());
	}

	public ProtocolErrorException headerTooLarge(Throwable cause) {
		return ProtocolErrorException.headerTooLarge(this.host.client(), this.host.origin(),
				this.host.settings().maxResponseHeaderSize(), this.host.property("max-response-header-size"), cause);
	}

	public ProtocolErrorException lineTooLong(String line, Throwable cause) {
		return ProtocolErrorException.tooLarge(this.host.client(), this.host.origin(), line,
				this.host.settings().maxResponseHeaderSize(), this.host.property("max-response-header-size"), cause);
	}

	public ProtocolErrorException headerListTooLarge(Throwable cause) {
		int size = this.host.http2().maxHeaderListSize();
		return (size > 0) ? ProtocolErrorException.headerTooLarge(this.host.client(), this.host.origin(), size,
				this.host.property("http2.max-header-list-size"), cause) : headerTooLarge(cause);
	}

	/**
	 * Say why a request is not sent.
	 * @param trailers whether it is its trailers that are too large
	 * @param size how large they are, in bytes
	 * @param limit how large the server lets them be, in bytes
	 * @param largest the name of the largest field
	 * @return the error
	 */
	public ConnPoolException requestHeaderTooLarge(boolean trailers, long size, long limit, String largest) {
		String section = trailers ? "the request was broken off before trailers"
				: "nothing was sent of a request with a header";
		return new RequestHeaderTooLargeException(this.host.client(), this.host.origin(), section, size, limit,
				largest);
	}

	public ConnPoolException streamIdleTimeout() {
		return new StreamIdleTimeoutException(this.host.client(), this.host.origin(), this.host.own());
	}

	public ConnPoolException responseHeaderTimeout() {
		return new ResponseHeaderTimeoutException(this.host.client(), this.host.origin(), this.host.own());
	}

	public ConnPoolException leakReclaimed() {
		return new LeakReclaimedException(this.host.client(), this.host.origin(),
				this.host.settings().leaks().reclaimThreshold());
	}

	public ConnPoolException settingsMissing() {
		return connectionTimedOut(ConnectionFailedException.Phase.SETTINGS, List.of());
	}

}
