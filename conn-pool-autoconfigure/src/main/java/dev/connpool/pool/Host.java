package dev.connpool.pool;

import java.net.InetSocketAddress;
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
import dev.connpool.error.NoCommonProtocolException;
import dev.connpool.error.PendingAcquiresFullException;
import dev.connpool.error.ProtocolErrorException;
import dev.connpool.error.ProxyName;
import dev.connpool.error.RequestHeaderTooLargeException;
import dev.connpool.error.RequestTimeoutException;
import dev.connpool.error.ResponseHeaderTimeoutException;
import dev.connpool.error.StreamIdleTimeoutException;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Http2Settings;
import dev.connpool.settings.PoolSettings;
import dev.connpool.settings.Protocol;
import dev.connpool.settings.Proxy;
import dev.connpool.settings.ReplaySettings;
import dev.connpool.settings.TimeoutSettings;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import org.jspecify.annotations.Nullable;

/**
 * What a client is told about one host.
 *
 * @param client the client name
 * @param origin the host as {@code scheme://host:port}
 * @param address the address, not yet resolved
 * @param secure whether TLS is used
 * @param settings the settings of the client
 * @param own the settings for this host
 * @param proxy the proxy that it is reached through, or {@code null}
 */
record Host(String client, String origin, SocketAddress address, boolean secure, ClientSettings settings,
		HostSettings own, @Nullable Proxy proxy) {

	private static final int DEEPEST = 8;

	/** Longer than anybody waits. */
	private static final Duration NO_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

	static Host of(String client, HostKey key, ClientSettings settings, @Nullable Proxy proxy) {
		HostSettings own = (key.address() instanceof InetSocketAddress inet)
				? settings.host(inet.getHostString(), inet.getPort()) : HostSettings.of(settings);
		return new Host(client, key.origin(), key.address(), key.secure(), settings, own, proxy);
	}

	PoolSettings pool() {
		return this.own.pool();
	}

	Http2Settings http2() {
		return this.own.http2();
	}

	TimeoutSettings timeouts() {
		return this.own.timeouts();
	}

	ReplaySettings replay() {
		return this.own.replay();
	}

	/**
	 * Return the full name of the property that decides for this host.
	 * @param setting the name of the setting
	 * @return the property that was set for the host, else that of the client
	 */
	String property(String setting) {
		return this.own.property(this.client, setting);
	}

	/**
	 * Return the longest silence of a response that Reactor Netty is to allow. It counts
	 * the wait for the header too, for which this host may have a deadline of its own.
	 * @param configured what it was told for all hosts, or {@code null} for any
	 * @return the time to tell it, or {@code null} if that may stay
	 */
	@Nullable Duration readTimeout(@Nullable Duration configured) {
		if (configured == null || !this.own.properties().containsKey("timeouts.response-header")) {
			return null;
		}
		Duration header = timeouts().responseHeader().isZero() ? NO_TIMEOUT : timeouts().responseHeader();
		return (header.compareTo(configured) > 0) ? header : null;
	}

	int maxHeaderListSize() {
		int size = http2().maxHeaderListSize();
		return (size > 0) ? size : this.settings.maxResponseHeaderSize();
	}

	/**
	 * Return whether several callers may come to share one connection.
	 * @return whether HTTP/2 may be spoken
	 */
	boolean maySpeakHttp2() {
		Protocol protocol = protocolFor(Protocol.H2.id());
		return protocol != null && protocol != Protocol.HTTP_1_1;
	}

	/**
	 * Return the protocol to speak on a new connection.
	 * @param alpn what TLS negotiated, or {@code null}
	 * @return the protocol, or {@code null} if the client speaks none that can be used
	 */
	@Nullable Protocol protocolFor(@Nullable String alpn) {
		List<Protocol> protocols = this.settings.protocols();
		if (!this.secure) {
			return protocols.stream().filter((protocol) -> protocol != Protocol.H2).findFirst().orElse(null);
		}
		Protocol protocol = Protocol.H2.id().equals(alpn) ? Protocol.H2 : Protocol.HTTP_1_1;
		return protocols.contains(protocol) ? protocol : null;
	}

	/**
	 * Return whom to connect to.
	 * @return the address of the proxy if there is one, else that of the host, not yet
	 * resolved
	 */
	SocketAddress target() {
		return (this.proxy != null) ? InetSocketAddress.createUnresolved(this.proxy.host(), this.proxy.port())
				: this.address;
	}

	/**
	 * Return whether the proxy is asked for a tunnel.
	 * @return whether there is a proxy that does not forward requests
	 */
	boolean isTunnelled() {
		return this.proxy != null
				&& (this.secure || this.proxy.type() != Proxy.Type.HTTP || protocolFor(null) != Protocol.HTTP_1_1);
	}

	private @Nullable ProxyName proxyName() {
		return (this.proxy != null) ? new ProxyName(this.proxy.toString(), this.proxy.source()) : null;
	}

	ConnPoolException connectionFailed(ConnectionFailedException.Phase phase, Duration after, Throwable cause,
			List<SocketAddress> tried) {
		if (isTooManyOpenFiles(cause)) {
			return ConnectionFailedException.tooManyOpenFiles(this.client, this.origin, this.own, cause);
		}
		ProxyName name = proxyName();
		if (name != null && cause instanceof HttpConnectHandler.RefusedException refused) {
			return ConnectionFailedException.refused(this.client, this.origin, name, refused.status().code(),
					refused.status().reasonPhrase());
		}
		return ConnectionFailedException.failed(this.client, this.origin, name, phase, after, cause, tried);
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

	ConnPoolException connectionTimedOut(ConnectionFailedException.Phase phase, List<SocketAddress> tried) {
		return ConnectionFailedException.timedOut(this.client, this.origin, proxyName(), phase, this.own, tried);
	}

	ConnPoolException noCommonProtocol(String obstacle) {
		String protocols = this.settings.protocols().stream().map(Protocol::id).collect(Collectors.joining(", "));
		return new NoCommonProtocolException(this.client, this.origin, protocols, obstacle);
	}

	ConnPoolException requestTimeout(String phase) {
		return new RequestTimeoutException(this.client, this.origin, this.own, phase);
	}

	ConnPoolException acquireTimeout(String state) {
		return new AcquireTimeoutException(this.client, this.origin, this.own, state);
	}

	ConnPoolException responseHeaderTimeout() {
		return new ResponseHeaderTimeoutException(this.client, this.origin, this.own);
	}

	ConnPoolException streamIdleTimeout() {
		return new StreamIdleTimeoutException(this.client, this.origin, this.own);
	}

	ConnPoolException pendingAcquiresFull(String state) {
		return new PendingAcquiresFullException(this.client, this.origin, this.own, state);
	}

	ConnPoolException closed() {
		return new ClientClosedException(this.client, this.origin);
	}

	/**
	 * Say what ended an exchange. An {@code Error} would end more than that: Reactor
	 * throws those that it takes for fatal at whoever tells them.
	 * @param thrown what was thrown
	 * @return the same, or what the caller is told in its place
	 */
	Throwable failed(Throwable thrown) {
		// Codecs wrap it.
		Throwable cause = (thrown instanceof CodecException && thrown.getCause() != null) ? thrown.getCause() : thrown;
		return (cause instanceof Error error) ? new ExchangeFailedException(this.client, this.origin, error) : thrown;
	}

	ConnPoolException stopped() {
		return ClientClosedException.ofEventLoops(this.client, this.origin);
	}

	ConnPoolException lost(Exchange exchange, @Nullable String obstacle, @Nullable Throwable cause) {
		String message = exchange.describeEnd() + ((obstacle != null) ? " " + obstacle : "");
		Http2Exception error = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
		if (error != null) {
			return ProtocolErrorException.ofConnection(this.client, this.origin, error.error().name(), message, error);
		}
		return new ConnectionLostException(this.client, this.origin, message, cause);
	}

	ContentLengthException wrongLength(String mistake) {
		return new ContentLengthException(this.client, this.origin, mistake);
	}

	ProtocolErrorException protocolError(String rule, Throwable cause) {
		return new ProtocolErrorException(this.client, this.origin, rule, cause);
	}

	ProtocolErrorException protocolError(String rule) {
		return new ProtocolErrorException(this.client, this.origin, rule);
	}

	ProtocolErrorException unsolicited() {
		return ProtocolErrorException.unsolicited(this.client, this.origin);
	}

	ProtocolErrorException headerTooLarge(Throwable cause) {
		return ProtocolErrorException.headerTooLarge(this.client, this.origin, this.settings.maxResponseHeaderSize(),
				property("max-response-header-size"), cause);
	}

	ProtocolErrorException lineTooLong(String line, Throwable cause) {
		return ProtocolErrorException.tooLarge(this.client, this.origin, line, this.settings.maxResponseHeaderSize(),
				property("max-response-header-size"), cause);
	}

	ProtocolErrorException headerListTooLarge(Throwable cause) {
		int size = http2().maxHeaderListSize();
		return (size > 0) ? ProtocolErrorException.headerTooLarge(this.client, this.origin, size,
				property("http2.max-header-list-size"), cause) : headerTooLarge(cause);
	}

	/**
	 * Say why a request is not sent.
	 * @param headers its header, or its trailers
	 * @param limit how large the server lets them be
	 * @return the error
	 */
	ConnPoolException requestHeaderTooLarge(Http2Headers headers, long limit) {
		String section = (headers.method() != null) ? "nothing was sent of a request with a header"
				: "the request was broken off before trailers";
		return new RequestHeaderTooLargeException(this.client, this.origin, section, HeaderListSize.of(headers), limit,
				HeaderListSize.largest(headers));
	}

	ConnPoolException settingsMissing() {
		return connectionTimedOut(ConnectionFailedException.Phase.SETTINGS, List.of());
	}

}
