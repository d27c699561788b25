package dev.connpool.pool.exchange;

import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;

import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.replay.Attempt;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
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
public final class DirectExchange extends Exchange {

	private final ConnectionSpec spec;

	private final DirectCaller caller;

	private @Nullable DirectHandler handler;

	private @Nullable HttpRequest request;

	private @Nullable RequestWriter writer;

	private @Nullable ResponseBody body;

	private @Nullable ReadTimeout readTimeout;

	/** Whether the caller wants no more of the response. */
	private boolean abandoned;

	/** Whether all of the response has arrived, or an error was told. */
	private boolean over;

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

	/**
	 * Return where the request is written. While the caller writes it.
	 * @return the HTTP/1.1 connection or the HTTP/2 stream
	 */
	public Channel channel() {
		return progress().stream().channel();
	}

	/**
	 * Return whether this shares its connection. While the caller writes the request.
	 * @return whether it has a stream, on which messages are framed without
	 * Transfer-Encoding
	 */
	public boolean isShared() {
		return !progress().stream().isConnection();
	}

	/**
	 * Return whether a file can be sent without being read here. While the caller writes
	 * the request.
	 * @return whether it is written as it is, neither framed nor encrypted
	 */
	public boolean takesFiles() {
		return !isShared() && !host().secure();
	}

	/**
	 * Note which URI template the request was made with. Before it is written.
	 * @param template the template, or {@code null} if there is none
	 */
	public void uriTemplate(@Nullable String template) {
		progress().uriTemplate(template);
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
		if (!isCarried() || this.over || this.abandoned || isAborted() || isReplaced()) {
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
		if (isCarried() && !this.over) {
			requestSent();
			this.readTimeout = ReadTimeout.begin(this, this.caller.readTimeout(host()));
		}
	}

	/**
	 * Note that the connection takes more again.
	 */
	void writable() {
		if (this.writer != null) {
			this.writer.writable();
		}
	}

	// On the event loop of the connection

	@Override
	protected void deliver(SessionStream stream, boolean reused) {
		this.handler = DirectHandler.carry(stream, this);
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
	 * Have the channel read, or not.
	 * @param wanted whether anybody waits for what it reads
	 */
	void read(boolean wanted) {
		if (!this.over) {
			ChannelConfig config = channel().config();
			if (config.isAutoRead() != wanted) {
				waits(wanted);
				config.setAutoRead(wanted);
			}
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

	/**
	 * Take what was read.
	 * @param msg a part of the response
	 */
	void arrived(Object msg) {
		if (this.readTimeout != null) {
			this.readTimeout.heard();
		}
		if (msg instanceof HttpResponse head && !isReplaced()) {
			begins(head);
		}
		if (!(msg instanceof HttpContent part)) {
			ReferenceCountUtil.release(msg);
			return;
		}
		ResponseBody reader = this.abandoned ? null : this.body;
		if (reader != null && part.content().isReadable()) {
			reader.add(part.content());
		}
		else {
			part.release();
		}
		if (msg instanceof LastHttpContent) {
			ends();
		}
	}

	private void begins(HttpResponse head) {
		int status = head.status().code();
		responseBegins(status, isEventStream(head.headers()));
		if (asksForRetry(status) && retry(head.headers().get(HttpHeaderNames.RETRY_AFTER))) {
			// As a caller that wants no body: the connection is saved if that is cheap.
			abandon();
			return;
		}
		if (this.over || this.abandoned || isAborted()) {
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
		if (!this.abandoned) {
			read(reader.isWanted());
		}
	}

	private void ends() {
		if (this.over) {
			return;
		}
		if (log() != null) {
			log().completed();
		}
		read(true);
		this.over = true;
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

	/**
	 * Leave nothing of this on a channel that carries another exchange next.
	 */
	private void release() {
		SessionStream stream = progress().stream();
		if (this.handler != null) {
			this.handler.release();
		}
		if (this.readTimeout != null) {
			this.readTimeout.stop();
		}
		if (stream.isConnection()) {
			UriTemplates.forget(stream.channel());
		}
		if (stream.carries(this)) {
			stream.release(this, progress().isAnswered());
		}
	}

	@Override
	protected boolean isToldOfParts() {
		return true;
	}

	@Override
	public boolean isAbandoned() {
		return this.abandoned;
	}

	/**
	 * Read no more of the response.
	 */
	void abandon() {
		if (!this.over && !this.abandoned && isCarried()) {
			this.abandoned = true;
			if (this.writer != null) {
				this.writer.stop();
			}
			channel().close();
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
	protected void addForCaller(Channel channel, String name, ChannelHandler handler) {
		channel.pipeline().addBefore(DirectHandler.NAME, name, handler);
	}

	@Override
	protected void discard() {
		// Whoever reads has been told the error, and whoever comes later will be.
	}

	@Override
	protected void rejoin(Channel channel) {
		this.handler = DirectHandler.addLast(channel.pipeline(), this);
	}

	// Errors

	@Override
	public void failed(Throwable thrown) {
		if (!this.over && !isReplaced() && (isCarried() || !hasBegun())) {
			super.failed(thrown);
			if (this.body != null && !this.over && !this.abandoned) {
				// Handlers keep to themselves what they take for the end of the channel.
				tell(host().errors().failed(thrown));
			}
		}
	}

	/**
	 * Note that something went wrong on the channel.
	 * @param cause what was reported
	 */
	void thrown(Throwable cause) {
		if (this.over || isReplaced() || this.abandoned) {
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
		this.over = true;
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

	/**
	 * Note that the channel is closed.
	 */
	void channelEnded() {
		if (!isAborted()) {
			thrown(new ClosedChannelException());
		}
		else if (this.body != null && !this.over && !this.abandoned) {
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

}
