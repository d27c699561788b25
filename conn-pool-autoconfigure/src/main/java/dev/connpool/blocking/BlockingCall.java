package dev.connpool.blocking;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.RedirectedRequest;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.exchange.ResponseBody;
import dev.connpool.pool.reactor.DirectScope;
import dev.connpool.pool.reactor.DirectTransport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

import org.springframework.http.StreamingHttpOutputMessage.Body;
import org.springframework.http.client.ClientHttpResponse;

/**
 * One request of a thread that waits for the response. The thread sends it, writes the
 * body as the connection asks for it, and waits; all else happens on the event loop of
 * the connection, which wakes the thread when there is something for it.
 */
final class BlockingCall extends DirectScope implements CoreSubscriber<Void>, Runnable {

	/** From this status on a server wants no more of a request. */
	private static final int DECLINED = 300;

	private final BlockingRequest request;

	private final Context context;

	/** The headers as they were when the request was sent. */
	private HttpHeaders fields;

	private final Parking parking = new Parking();

	/** What is sent; {@code null} if there is no body. */
	private @Nullable Body body;

	/** What the present attempt asks for, if the body is not sent as a whole. */
	private volatile @Nullable RequestStream stream;

	private volatile @Nullable BlockingResponse response;

	private volatile @Nullable Throwable error;

	/** Whether the thread has something to take. */
	private volatile boolean ready;

	private @Nullable InterruptedIOException interruption;

	BlockingCall(BlockingRequest request, DirectTransport transport) {
		super(transport, request.getMethod().name(), request.getURI());
		this.request = request;
		this.fields = request.fields();
		this.context = transport.threadContext();
	}

	// On the thread of the caller

	/**
	 * Send the request and wait for the response.
	 * @param body what is sent, or {@code null}
	 * @return the response
	 * @throws IOException if there is none
	 */
	ClientHttpResponse execute(@Nullable Body body) throws IOException {
		Parking.assertMayBlock();
		if (Thread.currentThread().isInterrupted()) {
			throw interrupted("it was about to send the request");
		}
		this.body = body;
		if (body == null || (body instanceof WholeBody whole && whole.isOnePart())) {
			begin();
			return await(body, null);
		}
		RequestStream first = new RequestStream(this, false);
		this.stream = first;
		return await(body, write(body, first));
	}

	/**
	 * Send the head of the request; the body is to come. Whoever writes it may still
	 * change the headers, which are copied for that reason.
	 */
	void send() {
		if (!(this.body instanceof WholeBody)) {
			this.fields = this.request.fields().copy();
		}
		begin();
	}

	// The body is written again each time that it is asked for, which may have happened
	// while it was written: what was written is told here, and not what is asked for now.
	private ClientHttpResponse await(@Nullable Body body, @Nullable RequestStream first) throws IOException {
		RequestStream written = first;
		while (true) {
			RequestStream before = written;
			try {
				this.parking.await(() -> this.ready || this.stream != before);
			}
			catch (InterruptedIOException ex) {
				abandon();
				throw interrupted("it waited for the response");
			}
			RequestStream asked = this.stream;
			if (this.ready || body == null || asked == null) {
				return outcome();
			}
			written = write(body, asked);
		}
	}

	private @Nullable RequestStream write(Body body, RequestStream stream) throws IOException {
		RequestStream written = stream;
		try {
			body.writeTo(stream);
			WholeBody whole = stream.end();
			if (whole != null) {
				this.body = whole;
				this.stream = null;
				written = null;
				begin();
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			if (!stream.isStopped()) {
				abandon();
				throw ex;
			}
			// It is only told that nobody wants it. What came of the request says more.
		}
		// Whoever writes may have kept to itself that it was interrupted.
		if (this.interruption != null) {
			abandon();
			throw this.interruption;
		}
		return written;
	}

	private ClientHttpResponse outcome() throws IOException {
		Throwable error = this.error;
		if (error != null) {
			throw Errors.of(error);
		}
		return Objects.requireNonNull(this.response);
	}

	private void abandon() {
		RequestStream writing = this.stream;
		if (writing != null) {
			writing.stop();
		}
		BlockingResponse unread = giveUp() ? null : this.response;
		if (unread != null) {
			unread.close();
		}
	}

	/**
	 * Note that the thread was interrupted when it wrote the body.
	 * @param stream the body
	 * @return the error
	 */
	InterruptedIOException interrupted(RequestStream stream) {
		InterruptedIOException error = interrupted("it wrote the request body");
		this.interruption = error;
		stream.stop();
		return error;
	}

	/**
	 * Say that the thread was interrupted.
	 * @param doing what it did
	 * @return the error
	 */
	InterruptedIOException interrupted(String doing) {
		return new InterruptedIOException("Client '%s', host %s: the calling thread was interrupted when %s."
			.formatted(transport().client(), origin().url(""), doing));
	}

	Parking parking() {
		return this.parking;
	}

	// The exchange, on the event loop of the connection

	@Override
	public Context context() {
		return this.context;
	}

	@Override
	public Context currentContext() {
		return this.context;
	}

	@Override
	public void write(DirectExchange exchange) {
		RedirectedRequest redirected = redirected(exchange.host());
		HttpHeaders fields = this.fields.copy();
		Body body = (redirected != null && redirected.withoutBody()) ? null : this.body;
		RequestStream stream = (body != null) ? this.stream : null;
		if (stream != null && body instanceof WholeBody whole && !fields.contains(HttpHeaderNames.CONTENT_LENGTH)) {
			fields.set(HttpHeaderNames.CONTENT_LENGTH, whole.length());
		}
		complete(fields, redirected);
		exchange.attributes(this.request.attributes());
		HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method()), resource(),
				fields);
		if (body != null && stream != null) {
			writeStream(exchange, head, body, stream);
		}
		else {
			ByteBuf content = (body instanceof WholeBody whole) ? whole.buffer() : null;
			exchange.send(head, content).subscribe((CoreSubscriber<Void>) this);
		}
	}

	private void writeStream(DirectExchange exchange, HttpRequest head, Body body, RequestStream before) {
		RequestStream stream = before;
		if (before.isTaken()) {
			before.stop();
			if (!body.repeatable()) {
				exchange.failed(spent(exchange));
				return;
			}
			stream = new RequestStream(this, true);
			this.stream = stream;
			if (isDone()) {
				// Whoever has ended the request may not have seen this one.
				stream.stop();
			}
			this.parking.wake();
		}
		exchange.repeatable(body.repeatable());
		exchange.send(head, stream).subscribe((CoreSubscriber<Void>) this);
	}

	private Throwable spent(DirectExchange exchange) {
		IOException cause = new IOException("The request body can be written once only");
		Redirects redirects = redirects();
		return (redirects != null) ? redirects.bodySpent(exchange.host(), cause) : cause;
	}

	@Override
	protected void arrived(DirectExchange exchange, HttpResponse head, ResponseBody body) {
		ResponseParts parts = new ResponseParts(this);
		this.response = new BlockingResponse(head, new ResponseStream(this, parts));
		if (!answered()) {
			body.discard();
			return;
		}
		RequestStream writing = this.stream;
		if (writing != null && head.status().code() >= DECLINED) {
			writing.stop();
		}
		body.subscribe((CoreSubscriber<ByteBuf>) parts);
		if (!this.ready) {
			wakeLater(exchange.eventLoop());
		}
	}

	// Most bodies arrive with the head, and their reader need not wait for them again.
	private void wakeLater(EventLoop eventLoop) {
		try {
			eventLoop.execute(this);
		}
		catch (RejectedExecutionException ex) {
			run();
		}
	}

	/**
	 * Have the thread take what is there.
	 */
	@Override
	public void run() {
		if (!this.ready) {
			this.ready = true;
			this.parking.wake();
		}
	}

	/**
	 * Note that a part of the response body is there. Whoever has not even the head waits
	 * for what else arrives at once.
	 */
	void partArrived() {
		if (this.ready) {
			this.parking.wake();
		}
	}

	/**
	 * Note that all of the response body is there, or an error in its place.
	 */
	void bodyArrived() {
		this.ready = true;
		this.parking.wake();
	}

	// On any thread

	@Override
	protected void refuse(Throwable error) {
		this.error = error;
		RequestStream writing = this.stream;
		if (writing != null) {
			writing.stop();
		}
		run();
	}

	// What has written the request

	@Override
	public void onSubscribe(Subscription writing) {
		// It is written when it is subscribed to.
	}

	@Override
	public void onNext(Void nothing) {
		// There is nothing.
	}

	@Override
	public void onError(Throwable error) {
		fail(error);
	}

	@Override
	public void onComplete() {
		// The response is waited for.
	}

}
