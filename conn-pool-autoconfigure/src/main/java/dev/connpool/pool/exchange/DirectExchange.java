package dev.connpool.pool.exchange;

import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.MessageListener;
import dev.connpool.pool.connection.MessageStream;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.content.DecodedContent;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.replay.Attempt;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * An exchange that a {@link DirectCaller} asks for: it writes the request and hands over
 * the response itself, without the HTTP layer of Reactor Netty. On a connection or stream
 * like any other.
 */
public final class DirectExchange extends Exchange implements MessageListener {

	private final ConnectionSpec spec;

	private final DirectCaller caller;

	private @Nullable MessageStream stream;

	private @Nullable HttpRequest request;

	/** The attributes of the request; {@code null} if it has none. */
	private @Nullable Map<String, Object> attributes;

	private @Nullable RequestWriter writer;

	private @Nullable ResponseBody body;

	private @Nullable ReadTimeout readTimeout;

	/** Decodes the content; {@code null} if it is not coded, or not decoded here. */
	private @Nullable BodyDecoder decoder;

	private State state = State.OPEN;

	/** Whether anybody waits for the response, or for more of it. */
	private boolean reading = true;

	/**
	 * Create an exchange, the first for a request.
	 * @param exchanges where it is watched while it is in flight
	 * @param source where it gets its connection from
	 * @param spec what shapes the connection
	 * @param caller who sends the request
	 */
	public DirectExchange(ClientExchanges exchanges, ConnectionSource source, ConnectionSpec spec,
			DirectCaller caller) {
		this(exchanges, source, spec, caller, null);
	}

	private DirectExchange(ClientExchanges exchanges, ConnectionSource source, ConnectionSpec spec, DirectCaller caller,
			@Nullable Attempt attempt) {
		super(exchanges, source, caller, attempt);
		this.spec = spec;
		this.caller = caller;
	}

	@Override
	public ConnectionSpec spec() {
		return this.spec;
	}

	@Override
	protected Context callerContext() {
		return this.caller.context();
	}

	@Override
	protected boolean acceptsCodings() {
		return this.caller.acceptsCodings();
	}

	@Override
	protected void refused(Throwable error) {
		this.caller.fail(error);
	}

	@Override
	protected Exchange again(Attempt next) {
		return new DirectExchange(exchanges(), source(), this.spec, this.caller, next);
	}

	// The request

	@Override
	public String method() {
		HttpRequest written = this.request;
		return (written != null) ? written.method().name() : this.caller.method();
	}

	@Override
	public String path() {
		HttpRequest written = this.request;
		return (written != null) ? written.uri() : "";
	}

	@Override
	public @Nullable HttpHeaders headers() {
		HttpRequest written = this.request;
		return (written != null) ? written.headers() : null;
	}

	@Override
	public @Nullable String template() {
		return UriTemplates.of(this.attributes);
	}

	/**
	 * Note what the caller has attached to the request. Before it is written.
	 * @param attached the attributes, or {@code null} if there are none
	 */
	public void attributes(@Nullable Map<String, Object> attached) {
		this.attributes = attached;
	}

	/**
	 * Return what carries this.
	 * @return the stream
	 */
	MessageStream stream() {
		return Objects.requireNonNull(this.stream, "Not begun");
	}

	/**
	 * Return what makes buffers. While the caller writes the request.
	 * @return the allocator of the connection
	 */
	public ByteBufAllocator alloc() {
		return stream().alloc();
	}

	/**
	 * Return the id of the connection, as Netty shows it.
	 * @return the short text of the id of its channel
	 */
	public String connectionId() {
		return granted().channel().id().asShortText();
	}

	/**
	 * Return whether this shares its connection. While the caller writes the request.
	 * @return whether it has a stream, on which messages are framed without
	 * Transfer-Encoding
	 */
	public boolean isShared() {
		return !stream().isConnection();
	}

	/**
	 * Return whether a file can be sent without being read here. While the caller writes
	 * the request.
	 * @return whether it is written as it is, neither framed nor encrypted
	 */
	public boolean takesFiles() {
		return stream().takesFiles();
	}

	/**
	 * Note whether content that comes in parts can be produced again. Before it is
	 * written, by whoever knows.
	 * @param repeatable whether the request may be sent again as far as that goes
	 */
	public void repeatable(boolean repeatable) {
		progress().repeatable(repeatable);
	}

	/**
	 * Write a request whose content is there, or that has none.
	 * @param head the head; its length is added unless it states one
	 * @param content the content, which is released when it is written or not, or
	 * {@code null}
	 * @return completes when it is written; begins when subscribed to
	 */
	public Mono<Void> send(HttpRequest head, @Nullable ByteBuf content) {
		return RequestWriter.whole(this, head, content);
	}

	/**
	 * Write a request whose content is still to come. No more of it is asked for than the
	 * connection takes.
	 * @param head the head; without a length the content is chunked on HTTP/1.1
	 * @param content the content, whose parts are released when they are written or not
	 * @return completes when all is written; begins when subscribed to
	 */
	public Mono<Void> send(HttpRequest head, Publisher<? extends ByteBuf> content) {
		return RequestWriter.parts(this, head, content);
	}

	/**
	 * Write a request whose content comes in groups, each of which is sent before the
	 * next is asked for.
	 * @param head the head; without a length the content is chunked on HTTP/1.1
	 * @param groups the content
	 * @return completes when all is written; begins when subscribed to
	 */
	public Mono<Void> sendGroups(HttpRequest head, Publisher<? extends Publisher<? extends ByteBuf>> groups) {
		return RequestWriter.parts(this, head, Flux.from(groups).concatMap((group) -> group, 1));
	}

	/**
	 * Write a request whose content is a part of a file. Only if {@link #takesFiles()}.
	 * @param head the head; without a length that of the part is added
	 * @param file the file
	 * @param position where the part begins, in bytes
	 * @param count how long it is, in bytes
	 * @return completes when all is written; begins when subscribed to
	 */
	public Mono<Void> sendFile(HttpRequest head, Path file, long position, long count) {
		return RequestWriter.file(this, head, file, position, count);
	}

	/**
	 * Note that the request is being written.
	 * @param head the head
	 * @param by who writes it
	 * @return whether it may be, as this has not ended
	 */
	boolean writes(HttpRequest head, RequestWriter by) {
		if (!isCarried() || this.state != State.OPEN || isAborted() || isReplaced()) {
			return false;
		}
		this.request = head;
		this.writer = by;
		return true;
	}

	/**
	 * Note that all of the request is written.
	 */
	void written() {
		if (isCarried() && this.state != State.OVER) {
			requestSent();
			this.readTimeout = ReadTimeout.begin(this, this.caller.readTimeout(host()));
		}
	}

	@Override
	public void onWritable() {
		if (this.writer != null) {
			this.writer.writable();
		}
	}

	// On the event loop of the connection

	@Override
	public boolean needsChannel() {
		return false;
	}

	@Override
	protected void deliver(SessionStream carrier, boolean reused) {
		MessageStream messages = (MessageStream) carrier;
		this.stream = messages;
		messages.open(this);
		read(true);
		try {
			this.caller.write(this);
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	private boolean isCarried() {
		return hasBegun() && progress().stream().carries(this);
	}

	/**
	 * Have the response read, or not.
	 * @param wanted whether anybody waits for it
	 */
	void read(boolean wanted) {
		if (this.state == State.OVER) {
			return;
		}
		if (this.reading != wanted) {
			this.reading = wanted;
			waits(wanted);
		}
		if (this.decoder != null) {
			this.decoder.read(wanted);
		}
		else {
			stream().read(wanted);
		}
	}

	// The silence of a server counts only while somebody waits for it to end.
	private void waits(boolean wanted) {
		if (progress().isEventStream()) {
			progress().silence(wanted);
		}
		if (wanted && this.readTimeout != null) {
			this.readTimeout.heard();
		}
	}

	private void arrived() {
		if (this.readTimeout != null) {
			this.readTimeout.heard();
		}
		if (progress().isEventStream()) {
			progress().silence(this.reading);
		}
	}

	@Override
	public void onHead(HttpResponse head, boolean last) {
		arrived();
		if (isReplaced()) {
			return;
		}
		DecodedContent coded = ContentDecoder.decoded(head, last, this);
		if (coded != null) {
			this.decoder = new BodyDecoder(this, stream(), coded);
		}
		begins(head);
	}

	@Override
	public void onContent(ByteBuf part) {
		arrived();
		if (this.state == State.OPEN && this.decoder != null) {
			this.decoder.add(part);
		}
		else {
			decoded(part);
		}
	}

	/**
	 * Take a part of the content, which is not coded any more.
	 * @param part the part
	 */
	void decoded(ByteBuf part) {
		ResponseBody reader = (this.state == State.OPEN) ? this.body : null;
		if (reader != null && part.isReadable()) {
			reader.add(part);
		}
		else {
			part.release();
		}
	}

	@Override
	public void onEnd(@Nullable HttpHeaders trailers) {
		arrived();
		if (this.decoder != null && this.state == State.OPEN) {
			this.decoder.complete();
		}
		else {
			decoded();
		}
	}

	/**
	 * Note that nothing of the response is left.
	 */
	void decoded() {
		answered();
		ends();
	}

	private void begins(HttpResponse head) {
		int status = head.status().code();
		responseBegins(status, isEventStream(head.headers()));
		if (asksForRetry(status) && retry(head.headers().get(HttpHeaderNames.RETRY_AFTER))) {
			// As a caller that wants no body: the connection is saved if that is cheap.
			abandon();
			return;
		}
		if (this.state != State.OPEN || isAborted()) {
			return;
		}
		ResponseBody reader = new ResponseBody(this);
		this.body = reader;
		try {
			this.caller.responseBegins(this, head, reader);
		}
		catch (Throwable ex) {
			failed(ex);
		}
		if (this.state == State.OPEN) {
			read(reader.isWanted());
		}
	}

	private void ends() {
		if (this.state == State.OVER) {
			return;
		}
		if (log() != null) {
			log().completed();
		}
		stream().read(true);
		over();
		boolean refused = this.writer != null && this.writer.stop();
		if (refused) {
			progress().refusedBody();
		}
		release();
		if (refused && this.writer != null) {
			this.writer.notWanted();
		}
		if (this.body != null) {
			this.body.complete();
		}
	}

	private void over() {
		this.state = State.OVER;
		if (this.decoder != null) {
			this.decoder.release();
		}
	}

	private void release() {
		SessionStream carrier = stream();
		if (this.readTimeout != null) {
			this.readTimeout.stop();
		}
		if (carrier.carries(this)) {
			carrier.release(this, progress().isAnswered());
		}
	}

	@Override
	protected void watchSilence() {
		progress().silence(this.reading);
	}

	@Override
	void watchParts(LeakDetector leakDetector) {
		// It is told of each part that is read.
	}

	@Override
	protected void leaveStream() {
		// Nothing of this is left there.
	}

	@Override
	public boolean isAbandoned() {
		return this.state == State.ABANDONED;
	}

	/**
	 * Read no more of the response.
	 */
	void abandon() {
		if (this.state == State.OPEN && isCarried()) {
			this.state = State.ABANDONED;
			if (this.writer != null) {
				this.writer.stop();
			}
			if (this.decoder != null) {
				this.decoder.release();
			}
			stream().close();
		}
	}

	@Override
	protected boolean isDisposedByCaller() {
		return false;
	}

	@Override
	protected void dispose() {
		ResponseBody reader = this.body;
		if (reader == null) {
			abandon();
		}
		else {
			reader.discard();
		}
	}

	@Override
	protected void discard() {
		// Whoever reads has been told the error, and whoever comes later will be.
	}

	@Override
	protected void rejoin(Channel channel) {
		stream().open(this);
	}

	// Errors

	@Override
	public void failed(Throwable thrown) {
		if (this.state != State.OVER && !isReplaced() && (isCarried() || !hasBegun())) {
			super.failed(thrown);
			if (this.body != null && this.state == State.OPEN) {
				// Handlers keep to themselves what they take for the end of the channel.
				tell(host().errors().failed(thrown));
			}
		}
	}

	@Override
	protected void tellReader(Throwable error) {
		onError(error);
	}

	@Override
	public void onError(Throwable cause) {
		if (this.state != State.OPEN || isReplaced()) {
			return;
		}
		if (!isAborted() && !isLost()) {
			failed(cause);
			return;
		}
		Throwable told = isLost() ? lost(cause) : host().errors().failed(cause);
		if (log() != null) {
			log().failed(told);
		}
		if (!isReplaced()) {
			tell(told);
		}
	}

	private void tell(Throwable error) {
		over();
		if (this.writer != null) {
			this.writer.stop();
		}
		if (this.body != null) {
			this.body.fail(error);
		}
		else {
			this.caller.fail(error);
		}
	}

	@Override
	public void onClosed() {
		if (!isAborted()) {
			onError(new ClosedChannelException());
		}
		else if (this.body != null && this.state == State.OPEN) {
			tell(host().errors().lost(describeEnd(), null, granted().end().failure()));
		}
		if (this.writer != null) {
			this.writer.stop();
		}
		if (isCarried() && progress().isReading()) {
			release();
		}
		else if (this.readTimeout != null) {
			this.readTimeout.stop();
		}
	}

	/**
	 * Return what a reader is told whose event loop has been stopped.
	 * @return the error
	 */
	Throwable stopped() {
		return source().unavailable();
	}

	/**
	 * What the caller still gets of the response.
	 */
	private enum State {

		/** All of it, or an error. */
		OPEN,

		/** Nothing, as it wants no more. */
		ABANDONED,

		/** Nothing, as all of it has arrived, or an error was told. */
		OVER

	}

}
