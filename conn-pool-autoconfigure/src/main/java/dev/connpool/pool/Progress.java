package dev.connpool.pool;

import java.time.Duration;
import java.util.Locale;
import java.util.function.BiPredicate;

import dev.connpool.settings.TimeoutSettings;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/**
 * How far an exchange has come on its connection or stream: what deadlines, replays and
 * the endpoint go by. Only used on the event loop of the connection.
 */
final class Progress {

	private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("Idempotency-Key");

	/** No deadline. */
	private static final long NEVER = Long.MAX_VALUE;

	private final PooledConnection connection;

	private final Channel channel;

	private final long begunAt = System.nanoTime();

	/** Whether the server had answered on the connection before. */
	private final boolean proven;

	private Phase phase = Phase.SENDING;

	private long deadline = NEVER;

	private boolean eventStream;

	private @Nullable HttpClientRequest request;

	private boolean written;

	/** Whether the body was written as one, or its length is stated. */
	private boolean repeatable = true;

	private boolean heard;

	private boolean answered;

	private @Nullable String reset;

	private long bytesSent;

	private long bytesReceived;

	/**
	 * Begin.
	 * @param connection the connection
	 * @param channel the connection's channel, or that of a stream
	 */
	Progress(PooledConnection connection, Channel channel) {
		this.connection = connection;
		this.channel = channel;
		this.proven = connection.record().isProven();
	}

	// Written

	void prepared(HttpClientRequest prepared) {
		this.request = prepared;
	}

	void sent(Object msg) {
		if (!this.written && msg instanceof HttpRequest head) {
			this.written = true;
			this.repeatable = msg instanceof LastHttpContent || HttpUtil.isContentLengthSet(head);
		}
		this.bytesSent += size(msg);
	}

	/**
	 * Note that a part of the request is not sent after all.
	 * @param msg the part
	 */
	void unsent(Object msg) {
		this.bytesSent -= size(msg);
	}

	/**
	 * Note that all of the request is sent.
	 */
	void requestSent() {
		if (this.phase == Phase.SENDING) {
			this.phase = Phase.AWAITING_HEADER;
			expireAfter(timeouts().responseHeader());
		}
	}

	/**
	 * Note that a part of the response arrived, however small.
	 */
	void heard() {
		this.heard = true;
	}

	void headerReceived() {
		this.phase = Phase.READING;
		this.deadline = NEVER;
	}

	/**
	 * Look whether a response leads elsewhere.
	 * @param response the head of the response
	 * @param config what the caller asked for
	 * @return the redirect, or {@code null} if it is none
	 */
	@Nullable Redirect redirect(HttpResponse response, HttpClientConfig config) {
		HttpClientRequest sent = this.request;
		BiPredicate<HttpClientRequest, HttpClientResponse> followed = config.followRedirectPredicate();
		return (sent != null && followed != null && response.status().codeClass() == HttpStatusClass.REDIRECTION)
				? Redirect.of(response, sent, this.connection.pool().host().origin(), followed) : null;
	}

	/**
	 * Note what kind of response it is.
	 * @param response the response
	 * @return whether its silence is to be watched
	 */
	boolean begins(HttpClientResponse response) {
		headerReceived();
		this.eventStream = isEventStream(response);
		return this.eventStream && !timeouts().streamIdle().isZero();
	}

	private static boolean isEventStream(HttpClientResponse response) {
		if (response.isWebsocket()) {
			return true;
		}
		String type = response.responseHeaders().get(HttpHeaderNames.CONTENT_TYPE);
		return type != null && (type.regionMatches(true, 0, "text/event-stream", 0, 17)
				|| type.regionMatches(true, 0, "application/x-ndjson", 0, 20));
	}

	void received(Object msg) {
		this.bytesReceived += size(msg);
	}

	void answered() {
		this.answered = true;
	}

	void reset(Http2ResetFrame frame) {
		Http2Error error = Http2Error.valueOf(frame.errorCode());
		this.reset = (error != null) ? error.name() : "UNKNOWN";
	}

	/**
	 * Note that an event stream is waited for, or was heard of.
	 * @param waiting whether the caller waits for more
	 */
	void silence(boolean waiting) {
		if (waiting) {
			expireAfter(timeouts().streamIdle());
		}
		else {
			this.deadline = NEVER;
		}
	}

	private void expireAfter(Duration time) {
		this.deadline = time.isZero() ? NEVER : System.nanoTime() + time.toNanos();
	}

	private static int size(Object msg) {
		if (msg instanceof ByteBufHolder holder) {
			return holder.content().readableBytes();
		}
		return (msg instanceof ByteBuf buffer) ? buffer.readableBytes() : 0;
	}

	private TimeoutSettings timeouts() {
		return this.connection.pool().host().timeouts();
	}

	// Read

	boolean isReading() {
		return this.phase == Phase.READING;
	}

	boolean isWritten() {
		return this.written;
	}

	/**
	 * Return whether the request states a length that is none.
	 * @return whether it has a Content-Length that is not one number
	 */
	boolean statesNoNumber() {
		HttpClientRequest prepared = this.request;
		return prepared != null && RequestLength.isNoNumber(prepared.requestHeaders());
	}

	boolean isAnswered() {
		return this.answered;
	}

	long begunAt() {
		return this.begunAt;
	}

	PooledConnection connection() {
		return this.connection;
	}

	Channel channel() {
		return this.channel;
	}

	/**
	 * Return how much has moved.
	 * @return the bytes of the bodies, either way
	 */
	long traffic() {
		return this.bytesSent + this.bytesReceived;
	}

	/**
	 * Return whether the response waits for its reader. While anybody wants more of it,
	 * Reactor Netty leaves reading to the channel.
	 * @return whether nobody wants more of a response that has not ended
	 */
	boolean isUnread() {
		return isReading() && !this.answered && !this.channel.config().isAutoRead();
	}

	/**
	 * Return whether this has left the deadline of requests.
	 * @return whether it is an event stream
	 */
	boolean isEventStream() {
		return this.eventStream;
	}

	/**
	 * Return whether what is being done takes too long.
	 * @param now the current time
	 * @return whether its deadline has passed
	 */
	boolean isOverdue(long now) {
		return this.deadline != NEVER && this.deadline - now <= 0;
	}

	/**
	 * Say what is being done.
	 * @return the end of a sentence
	 */
	String doing() {
		return this.phase.text;
	}

	/**
	 * Return why the server reset the stream.
	 * @return the name of the error code, or {@code null} if it did not
	 */
	@Nullable String reset() {
		return this.reset;
	}

	/**
	 * Return the number of the stream.
	 * @return the stream id, 1 on HTTP/1.1
	 */
	int streamId() {
		return (this.channel instanceof Http2StreamChannel stream) ? stream.stream().id() : 1;
	}

	/**
	 * Return whether the channel is no longer of use to this.
	 * @return whether it is closed, or the server has reset the stream
	 */
	boolean isBroken() {
		return !this.channel.isActive() || this.reset != null;
	}

	/**
	 * Sum up what was seen of a request that got no response.
	 * @param configured the method that the caller asked for, which a redirect changes
	 * @return what was seen
	 */
	ReplayDecision loss(String configured) {
		HttpClientRequest sent = this.request;
		boolean keyed = sent != null && sent.requestHeaders().contains(IDEMPOTENCY_KEY);
		boolean left = this.written && streamId() > 0;
		return new ReplayDecision(method(configured), keyed, this.repeatable, left,
				Http2Error.REFUSED_STREAM.name().equals(this.reset), isIgnored(), this.connection.isLost(), this.proven,
				this.heard);
	}

	private boolean isIgnored() {
		Http2Session session = this.connection.http2();
		return session != null && session.isIgnored(streamId());
	}

	/**
	 * Say what ended this, and how far it had come.
	 * @param configured the method that the caller asked for, which a redirect changes
	 * @param attempt for which time the request was sent
	 * @return a sentence
	 */
	String describeEnd(String configured, int attempt) {
		String event = (this.reset != null) ? "the server reset the stream with " + this.reset
				: isIgnored() ? "the server sent GOAWAY and ignored the request" : this.connection.describeEnd();
		String progress = isReading() ? "after %d bytes of the response body".formatted(this.bytesReceived)
				: "before the response header";
		return "%s, %s (%s, attempt %d, connection %s, stream %d%s).".formatted(event, progress, method(configured),
				attempt, this.connection.record().id(), streamId(), this.proven ? ", reused" : "");
	}

	/**
	 * Look at the exchange.
	 * @param age how long ago the caller asked for it
	 * @param leak what is known of nobody reading it
	 * @return how it is now
	 */
	StreamSnapshot snapshot(Duration age, StreamSnapshot.@Nullable Leak leak) {
		HttpClientRequest sent = this.request;
		String path = (sent != null) ? sent.uri() : "";
		String template = UriTemplates.of(this.channel);
		Http2Session session = this.connection.http2();
		Http2Stream stream = (session != null && streamId() > 0) ? session.stream(streamId()) : null;
		if (session == null || stream == null) {
			return new StreamSnapshot((session != null) ? 0 : 1, this.phase.state, method(""), template, path, age,
					this.bytesSent, this.bytesReceived, null, null, leak);
		}
		return new StreamSnapshot(stream.id(), stream.state().name().toLowerCase(Locale.ROOT).replace('_', '-'),
				method(""), template, path, age, this.bytesSent, this.bytesReceived, session.sendWindow(stream),
				session.receiveWindow(stream), leak);
	}

	private String method(String configured) {
		HttpClientRequest sent = this.request;
		return (sent != null) ? sent.method().name() : configured;
	}

	/**
	 * What an exchange is doing.
	 */
	private enum Phase {

		SENDING("sending the request", "open"),

		AWAITING_HEADER("waiting for the response header", "half-closed-local"),

		READING("reading the response body", "half-closed-local");

		private final String text;

		/** What it would be called on HTTP/2. */
		private final String state;

		Phase(String text, String state) {
			this.text = text;
			this.state = state;
		}

	}

}
