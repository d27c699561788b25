package dev.connpool.connector;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import dev.connpool.error.RedirectException;
import dev.connpool.pool.exchange.DirectCaller;
import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.Redirect;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.exchange.ResponseBody;
import dev.connpool.pool.host.Host;
import io.netty.handler.codec.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * One request of a {@code WebClient} from subscription to the head of its response,
 * redirects included.
 */
final class DirectSubscription implements DirectCaller, Subscription {

	private static final AtomicReferenceFieldUpdater<DirectSubscription, State> STATE = AtomicReferenceFieldUpdater
		.newUpdater(DirectSubscription.class, State.class, "state");

	private final DirectCall call;

	private final CoreSubscriber<? super ClientHttpResponse> actual;

	private final Context context;

	private final long startedAt = System.nanoTime();

	private final List<String> callSite;

	private HttpMethod method;

	private Origin origin;

	private String resource;

	/** What was set for this request alone; {@code null} if nothing was. */
	private @Nullable Duration readTimeout;

	private @Nullable Redirects redirects;

	private volatile State state = State.NEW;

	private volatile @Nullable Exchange exchange;

	/** What is done for this now; {@code null} while there is nothing. */
	private volatile @Nullable Disposable work;

	private volatile @Nullable DirectResponse response;

	/**
	 * Create a request.
	 * @param call what is asked for
	 * @param origin the host that is asked
	 * @param resource what it is asked for
	 * @param actual who asks
	 */
	DirectSubscription(DirectCall call, Origin origin, String resource,
			CoreSubscriber<? super ClientHttpResponse> actual) {
		this.call = call;
		this.method = call.method();
		this.origin = origin;
		this.resource = resource;
		this.actual = actual;
		this.context = actual.currentContext();
		this.callSite = call.connector().transport().callSite();
	}

	// The subscription

	@Override
	public void request(long n) {
		if (Operators.validate(n) && STATE.compareAndSet(this, State.NEW, State.WAITING)) {
			send();
		}
	}

	private void send() {
		try {
			this.call.connector().transport().send(this, this.origin.secure(), this.origin.address());
		}
		catch (Throwable ex) {
			fail(ex);
		}
	}

	@Override
	public void cancel() {
		if (STATE.compareAndSet(this, State.NEW, State.GIVEN_UP)) {
			return;
		}
		if (STATE.compareAndSet(this, State.WAITING, State.GIVEN_UP)) {
			giveUp();
			return;
		}
		DirectResponse received = this.response;
		if (received != null) {
			received.cancelled();
		}
	}

	private void giveUp() {
		Exchange exchange = this.exchange;
		if (exchange != null) {
			exchange.cancel();
		}
		Disposable work = this.work;
		if (work != null) {
			work.dispose();
		}
	}

	// The owner of exchanges

	@Override
	public long startedAt() {
		return this.startedAt;
	}

	@Override
	public List<String> callSite() {
		return this.callSite;
	}

	@Override
	public void enter(Exchange exchange) {
		this.exchange = exchange;
		if (isDone()) {
			exchange.cancel();
		}
	}

	@Override
	public boolean isDone() {
		return this.state != State.WAITING;
	}

	@Override
	public boolean fail(Throwable error) {
		if (!STATE.compareAndSet(this, State.WAITING, State.GIVEN_UP)) {
			return false;
		}
		giveUp();
		try {
			this.actual.onError(error);
		}
		catch (Throwable ex) {
			// What a caller throws must not keep the connection from being closed.
			Operators.onErrorDropped(ex, this.context);
		}
		return true;
	}

	// The caller

	@Override
	public Context context() {
		return this.context;
	}

	@Override
	public String method() {
		return this.method.name();
	}

	@Override
	public boolean acceptsCodings() {
		return connector().transport().acceptsCodings();
	}

	@Override
	public @Nullable Duration readTimeout(Host host) {
		if (this.readTimeout != null) {
			return this.readTimeout;
		}
		Duration configured = connector().transport().readTimeout();
		Duration ofHost = host.readTimeout(configured);
		return (ofHost != null) ? ofHost : configured;
	}

	void readTimeout(Duration readTimeout) {
		this.readTimeout = readTimeout;
	}

	DirectConnector connector() {
		return this.call.connector();
	}

	HttpMethod requestMethod() {
		return this.method;
	}

	/**
	 * Return the URI that the caller asked for.
	 * @return the URI, whatever became of it
	 */
	URI uri() {
		return this.call.uri();
	}

	Origin origin() {
		return this.origin;
	}

	String resource() {
		return this.resource;
	}

	@Override
	public void write(DirectExchange exchange) {
		Redirects redirects = this.redirects;
		DirectRequest request = new DirectRequest(this, exchange, redirects,
				(redirects != null) ? redirects.next(exchange.host()) : null);
		work(request);
		request.write(this.call.requestCallback());
	}

	private void work(Disposable next) {
		Disposable before = this.work;
		if (before != null) {
			before.dispose();
		}
		this.work = next;
		if (isDone()) {
			next.dispose();
		}
	}

	@Override
	public void responseBegins(DirectExchange exchange, HttpResponse head, ResponseBody body) {
		Redirect redirect = this.call.connector().followsRedirects()
				? Redirect.of(head, this.method.name(), this.resource, exchange.host().origin(), Redirect.HTTP) : null;
		if (redirect != null) {
			follow(redirect, exchange.host(), body);
			return;
		}
		DirectResponse received = new DirectResponse(connector(), exchange, head, body);
		this.response = received;
		if (!STATE.compareAndSet(this, State.WAITING, State.ANSWERED)) {
			body.discard();
			return;
		}
		try {
			this.actual.onNext(received);
			this.actual.onComplete();
		}
		catch (Throwable ex) {
			// Reactor passes on what it takes for fatal to whoever happens to be here.
			exchange.failed(ex);
			this.actual.onError(exchange.host().errors().failed(ex));
		}
	}

	// Redirects

	private void follow(Redirect redirect, Host host, ResponseBody body) {
		Redirects redirects = this.redirects;
		if (redirects == null) {
			redirects = new Redirects(host.origin());
			this.redirects = redirects;
		}
		RedirectException obstacle = redirects.follow(redirect, host);
		RedirectBody rest = new RedirectBody(this, redirect, obstacle, host.settings().discard().maxBytes());
		work(rest);
		body.subscribe(rest);
	}

	/**
	 * Go where a redirect leads, whose response has been read.
	 * @param redirect the redirect
	 */
	void follow(Redirect redirect) {
		if (isDone()) {
			return;
		}
		try {
			URI target = URI.create(String.valueOf(redirect.target()));
			this.origin = connector().origin(target);
			this.resource = Origin.resource(target);
		}
		catch (IllegalArgumentException ex) {
			fail(ex);
			return;
		}
		if (redirect.getWithoutBody()) {
			this.method = HttpMethod.GET;
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
