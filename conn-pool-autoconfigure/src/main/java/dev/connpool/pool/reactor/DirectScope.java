package dev.connpool.pool.reactor;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.connpool.pool.exchange.DirectCaller;
import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.Redirect;
import dev.connpool.pool.exchange.RedirectedRequest;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.exchange.ResponseBody;
import dev.connpool.pool.host.Host;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/**
 * One request of a caller on the direct transport until its response begins, redirects
 * included. Whoever extends it writes the request and hands over the answer.
 */
public abstract class DirectScope implements DirectCaller {

	private static final AtomicReferenceFieldUpdater<DirectScope, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(DirectScope.class, State.class, "state");

	private final DirectTransport transport;

	private final long startedAt = System.nanoTime();

	private final List<String> callSite;

	private final RequestTarget target;

	/** What was set for this request alone; {@code null} if nothing was. */
	private @Nullable Duration readTimeout;

	private volatile State state = State.NEW;

	private volatile @Nullable Exchange exchange;

	/** What is done for this now; {@code null} while there is nothing. */
	private volatile @Nullable Disposable work;

	/**
	 * Create a request.
	 * @param transport what sends it
	 * @param method the method
	 * @param uri where it goes, perhaps relative to what the client knows
	 * @throws IllegalArgumentException if there is no host that it can be sent to
	 */
	protected DirectScope(DirectTransport transport, String method, URI uri) {
		this.transport = transport;
		this.target = new RequestTarget(transport, method, uri);
		this.callSite = transport.callSite();
	}

	// What a caller does

	/**
	 * Send the request, unless that was done or it was given up.
	 */
	protected final void begin() {
		if (STATE.compareAndSet(this, State.NEW, State.WAITING)) {
			send();
		}
	}

	private void send() {
		try {
			Origin origin = this.target.origin();
			this.transport.send(this, origin.secure(), origin.address());
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	/**
	 * Give the request up, unless it was answered.
	 * @return whether it got no answer, and will get none
	 */
	protected final boolean giveUp() {
		if (STATE.compareAndSet(this, State.NEW, State.GIVEN_UP)) {
			return true;
		}
		if (STATE.compareAndSet(this, State.WAITING, State.GIVEN_UP)) {
			letGo();
			return true;
		}
		return this.state == State.GIVEN_UP;
	}

	private void letGo() {
		Exchange exchange = this.exchange;
		if (exchange != null) {
			exchange.cancel();
		}
		Disposable work = this.work;
		if (work != null) {
			work.dispose();
		}
	}

	/**
	 * Do something for the request from now on, which is disposed of when it is given up.
	 * @param next what is done, in place of what was done before
	 */
	protected final void work(Disposable next) {
		Disposable before = this.work;
		if (before != null) {
			before.dispose();
		}
		this.work = next;
		if (isDone()) {
			next.dispose();
		}
	}

	/**
	 * Note that the caller has its answer.
	 * @return whether it still waited for one
	 */
	protected final boolean answered() {
		return STATE.compareAndSet(this, State.WAITING, State.ANSWERED);
	}

	// What whoever extends this does

	/**
	 * Hand over the final response, which asks for no other request. On the event loop of
	 * the connection.
	 * @param exchange the exchange
	 * @param head the head
	 * @param body the content; it is discarded if the caller waits no more
	 */
	protected abstract void arrived(DirectExchange exchange, HttpResponse head, ResponseBody body);

	/**
	 * Tell the caller why there is no response. Once, on any thread.
	 * @param error why
	 */
	protected abstract void refuse(Throwable error);

	// The owner of exchanges

	@Override
	public final long startedAt() {
		return this.startedAt;
	}

	@Override
	public final List<String> callSite() {
		return this.callSite;
	}

	@Override
	public final void enter(Exchange exchange) {
		this.exchange = exchange;
		if (isDone()) {
			exchange.cancel();
		}
	}

	@Override
	public final boolean isDone() {
		return this.state != State.WAITING;
	}

	@Override
	public final boolean fail(Throwable error) {
		if (!STATE.compareAndSet(this, State.WAITING, State.GIVEN_UP)) {
			return false;
		}
		letGo();
		refuse(error);
		return true;
	}

	// The caller

	@Override
	public final String method() {
		return this.target.method();
	}

	@Override
	public final boolean acceptsCodings() {
		return this.transport.acceptsCodings();
	}

	@Override
	public final @Nullable Duration readTimeout(Host host) {
		if (this.readTimeout != null) {
			return this.readTimeout;
		}
		Duration configured = this.transport.readTimeout();
		Duration ofHost = host.readTimeout(configured);
		return (ofHost != null) ? ofHost : configured;
	}

	/**
	 * Set how long the server may be silent for this request.
	 * @param readTimeout the longest silence
	 */
	public final void readTimeout(Duration readTimeout) {
		this.readTimeout = readTimeout;
	}

	public final DirectTransport transport() {
		return this.transport;
	}

	/**
	 * Return the host that is asked, the last one after redirects.
	 * @return the host
	 */
	public final Origin origin() {
		return this.target.origin();
	}

	public final String resource() {
		return this.target.resource();
	}

	protected final @Nullable Redirects redirects() {
		return this.target.redirects();
	}

	/**
	 * Return what is different about the next request because of redirects. Once for each
	 * request that is written.
	 * @param host the host that it is for
	 * @return what changes, or {@code null} if nothing does
	 */
	protected final @Nullable RedirectedRequest redirected(Host host) {
		return this.target.redirected(host);
	}

	/**
	 * Add to a header what every request has, and take away what is not for this host.
	 * @param headers the header as the caller has written it
	 * @param redirected what is different because of redirects, or {@code null}
	 */
	public final void complete(HttpHeaders headers, @Nullable RedirectedRequest redirected) {
		this.target.complete(headers, redirected);
	}

	@Override
	public final void responseBegins(DirectExchange exchange, HttpResponse head, ResponseBody body) {
		Redirect redirect = this.target.redirect(head, exchange.host());
		if (redirect == null) {
			arrived(exchange, head, body);
			return;
		}
		RedirectBody rest = new RedirectBody(this, redirect, this.target.obstacle(redirect, exchange.host()),
				exchange.host().settings().discard().maxBytes());
		work(rest);
		body.subscribe(rest);
	}

	/**
	 * Go where a redirect leads, whose response has been read.
	 * @param redirect the redirect
	 */
	final void follow(Redirect redirect) {
		if (isDone()) {
			return;
		}
		try {
			this.target.follow(redirect);
		}
		catch (IllegalArgumentException ex) {
			fail(ex);
			return;
		}
		send();
	}

	/**
	 * How far a request has come. It is answered or given up once.
	 */
	private enum State {

		/** Nobody has asked for the response. */
		NEW,

		WAITING, ANSWERED,

		/** The caller wants no answer any more, or was told an error. */
		GIVEN_UP

	}

}
