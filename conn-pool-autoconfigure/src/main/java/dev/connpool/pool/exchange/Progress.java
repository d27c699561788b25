package dev.connpool.pool.exchange;

import java.time.Duration;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.replay.ReplayDecision;
import dev.connpool.settings.TimeoutSettings;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * How far an exchange has come on its connection or stream: what deadlines, replays and
 * the endpoint go by. Only used on the event loop of the connection.
 */
public final class Progress {

	private static final AsciiString IDEMPOTENCY_KEY = AsciiString.cached("Idempotency-Key");

	private static final String REFUSED_STREAM = Http2Error.REFUSED_STREAM.name();

	private final SessionStream stream;

	private final RequestHead head;

	private final long begunAt = System.nanoTime();

	/** Whether the server had answered on the connection before. */
	private final boolean proven;

	private Phase phase = Phase.SENDING;

	private long deadline = Deadline.NEVER;

	private boolean eventStream;

	private boolean written;

	/** Whether the body was written as one, or its length is stated. */
	private boolean repeatable = true;

	/** The same as whoever produces the body says; {@code null} if nobody does. */
	private @Nullable Boolean producible;

	private boolean heard;

	private boolean answered;

	private @Nullable String reset;

	private long bytesSent;

	private long bytesReceived;

	/**
	 * Begin.
	 * @param stream what carries the exchange
	 * @param head the head of the request
	 */
	Progress(SessionStream stream, RequestHead head) {
		this.stream = stream;
		this.head = head;
		this.proven = stream.connection().record().isProven();
	}

	private boolean inEventLoop() {
		return this.stream.connection().inEventLoop();
	}

	// Written

	void repeatable(boolean producible) {
		this.producible = producible;
	}

	void sent(Object msg) {
		if (!this.written && msg instanceof HttpRequest begun) {
			headSent(msg instanceof LastHttpContent || HttpUtil.isContentLengthSet(begun));
		}
		contentSent(size(msg));
	}

	/**
	 * Note that the head of the request is sent.
	 * @param again whether the same content can be sent again
	 */
	void headSent(boolean again) {
		assert inEventLoop();
		this.written = true;
		this.repeatable = (this.producible != null) ? this.producible : again;
	}

	void contentSent(int bytes) {
		assert inEventLoop();
		this.bytesSent += bytes;
	}

	/**
	 * Note that a part of the request is not sent after all.
	 * @param msg the part
	 */
	void unsent(Object msg) {
		assert inEventLoop();
		this.bytesSent -= size(msg);
	}

	/**
	 * Note that all of the request is sent.
	 */
	void requestSent() {
		assert inEventLoop();
		if (this.phase == Phase.SENDING) {
			this.phase = Phase.AWAITING_HEADER;
			expireAfter(timeouts().responseHeader());
		}
	}

	/**
	 * Note that the server has answered without all of the request's body. It waits for
	 * that body on HTTP/1.1, whatever else is sent.
	 */
	void refusedBody() {
		assert inEventLoop();
		if (this.stream.isConnection()) {
			this.stream.connection().markPersistent(false);
		}
	}

	/**
	 * Note that a part of the response arrived, however small.
	 */
	void heard() {
		assert inEventLoop();
		this.heard = true;
	}

	void headerReceived() {
		assert inEventLoop();
		this.phase = Phase.READING;
		this.deadline = Deadline.NEVER;
	}

	/**
	 * Note what kind of response it is.
	 * @param eventStream whether it is one without a foreseeable end
	 * @return whether its silence is to be watched
	 */
	boolean begins(boolean eventStream) {
		assert inEventLoop();
		headerReceived();
		this.eventStream = eventStream;
		return eventStream && !timeouts().streamIdle().isZero();
	}

	void received(Object msg) {
		contentReceived(size(msg));
	}

	void contentReceived(int bytes) {
		assert inEventLoop();
		this.bytesReceived += bytes;
	}

	void answered() {
		assert inEventLoop();
		this.answered = true;
	}

	/**
	 * Note that the server has reset the stream.
	 * @param error the name of its error code
	 */
	void reset(String error) {
		assert inEventLoop();
		this.reset = error;
	}

	/**
	 * Note that an event stream is waited for, or was heard of.
	 * @param waiting whether the caller waits for more
	 */
	void silence(boolean waiting) {
		assert inEventLoop();
		if (waiting) {
			expireAfter(timeouts().streamIdle());
		}
		else {
			this.deadline = Deadline.NEVER;
		}
	}

	private void expireAfter(Duration time) {
		this.deadline = Deadline.after(System.nanoTime(), time);
	}

	private static int size(Object msg) {
		if (msg instanceof ByteBufHolder holder) {
			return holder.content().readableBytes();
		}
		return (msg instanceof ByteBuf buffer) ? buffer.readableBytes() : 0;
	}

	private TimeoutSettings timeouts() {
		return this.stream.connection().host().timeouts();
	}

	// Read

	public boolean isReading() {
		return this.phase == Phase.READING;
	}

	boolean isWritten() {
		return this.written;
	}

	public boolean isAnswered() {
		return this.answered;
	}

	long begunAt() {
		return this.begunAt;
	}

	/**
	 * Return what carries the exchange.
	 * @return the stream, or on HTTP/1.1 the connection
	 */
	public SessionStream stream() {
		return this.stream;
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
	 * it is taken as it comes.
	 * @return whether nobody wants more of a response that has not ended
	 */
	boolean isUnread() {
		return isReading() && !this.answered && !this.stream.isReading();
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
		return Deadline.passed(this.deadline, now);
	}

	/**
	 * Say what is being done.
	 * @return the end of a sentence
	 */
	String doing() {
		return this.phase.text;
	}

	/**
	 * Return whether the channel is no longer of use to this.
	 * @return whether it is closed, or the server has reset the stream
	 */
	boolean isBroken() {
		return !this.stream.isOpen() || this.reset != null;
	}

	/**
	 * Sum up what was seen of a request that got no response.
	 * @return what was seen
	 */
	ReplayDecision decision() {
		HttpHeaders headers = this.head.headers();
		boolean keyed = headers != null && headers.contains(IDEMPOTENCY_KEY);
		boolean left = this.written && this.stream.id() > 0;
		return new ReplayDecision(this.head.method(), keyed, this.repeatable, left, REFUSED_STREAM.equals(this.reset),
				this.stream.isIgnored(), this.stream.connection().end().isLoss(), this.proven, this.heard);
	}

	/**
	 * Say what ended this, and how far it had come.
	 * @param attempt the number of the attempt
	 * @return a sentence
	 */
	String describeEnd(int attempt) {
		PooledConnection connection = this.stream.connection();
		String event = (this.reset != null) ? "the server reset the stream with " + this.reset : this.stream.isIgnored()
				? "the server sent GOAWAY and ignored the request" : connection.end().describe();
		String progress = isReading() ? "after %d bytes of the response body".formatted(this.bytesReceived)
				: "before the response header";
		return "%s, %s (%s, attempt %d, connection %s, stream %d%s).".formatted(event, progress, this.head.method(),
				attempt, connection.record().id(), this.stream.id(), this.proven ? ", reused" : "");
	}

	/**
	 * Look at the exchange.
	 * @param age how long ago the caller asked for it
	 * @param leak what is known of nobody reading it
	 * @return how it is now
	 */
	StreamSnapshot snapshot(Duration age, StreamSnapshot.@Nullable Leak leak) {
		String template = this.head.template();
		SessionStream.Flow flow = this.stream.flow();
		if (flow == null) {
			return new StreamSnapshot(this.stream.isConnection() ? this.stream.id() : 0, this.phase.state,
					this.head.method(), template, this.head.path(), age, this.bytesSent, this.bytesReceived, null, null,
					leak);
		}
		return new StreamSnapshot(this.stream.id(), flow.state(), this.head.method(), template, this.head.path(), age,
				this.bytesSent, this.bytesReceived, flow.sendWindow(), flow.receiveWindow(), leak);
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
