package dev.connpool.pool.reactor;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;

import dev.connpool.error.ConnPoolException;
import dev.connpool.error.RedirectException;
import dev.connpool.pool.connection.ConnectionSource;
import dev.connpool.pool.connection.RequestLength;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.exchange.ChannelExchange;
import dev.connpool.pool.exchange.ClientExchanges;
import dev.connpool.pool.exchange.Exchange;
import dev.connpool.pool.exchange.Redirect;
import dev.connpool.pool.exchange.RedirectedRequest;
import dev.connpool.pool.exchange.Redirects;
import dev.connpool.pool.exchange.UriTemplates;
import dev.connpool.pool.host.ConnectionSpec;
import dev.connpool.pool.http1.MessageHandler;
import dev.connpool.pool.replay.Attempt;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandler;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.ReactorNetty;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpClientState;
import reactor.util.context.Context;

/**
 * An exchange that Reactor Netty asks for. It stands between the channel and Reactor
 * Netty's observer, which is how it learns what becomes of it.
 */
final class ReactorExchange extends ChannelExchange implements ConnectionObserver, Subscription {

	private final ReactorSpec spec;

	private final HttpClientConfig config;

	private final ConnectionObserver observer;

	private final CoreSubscriber<? super Connection> actual;

	private final @Nullable RequestScope scope;

	private @Nullable ChannelOperations<?, ?> operations;

	private @Nullable HttpClientRequest request;

	/** The response as a redirect; {@code null} if it is none or is not followed. */
	private @Nullable Redirect redirect;

	ReactorExchange(ClientExchanges exchanges, ConnectionSource source, ReactorSpec spec, ConnectionObserver observer,
			CoreSubscriber<? super Connection> actual) {
		this(exchanges, source, spec, observer, actual, RequestScope.in(observer.currentContext()), null);
	}

	private ReactorExchange(ClientExchanges exchanges, ConnectionSource source, ReactorSpec spec,
			ConnectionObserver observer, CoreSubscriber<? super Connection> actual, @Nullable RequestScope scope,
			@Nullable Attempt attempt) {
		super(exchanges, source, scope, attempt);
		this.spec = spec;
		this.config = spec.config();
		this.observer = observer;
		this.actual = actual;
		this.scope = scope;
	}

	/**
	 * Ask for a connection.
	 */
	void subscribe() {
		this.actual.onSubscribe(this);
		start();
	}

	@Override
	public void request(long n) {
		// A connection is delivered when there is one; callers always ask for it.
	}

	@Override
	public ConnectionSpec spec() {
		return this.spec;
	}

	@Override
	protected Context callerContext() {
		return this.observer.currentContext();
	}

	@Override
	public Context currentContext() {
		return this.observer.currentContext();
	}

	@Override
	protected boolean acceptsCodings() {
		return this.config.isAcceptGzip();
	}

	@Override
	protected void refused(Throwable error) {
		this.actual.onError(error);
	}

	@Override
	protected Exchange again(Attempt next) {
		return new ReactorExchange(exchanges(), source(), this.spec, this.observer, this.actual, this.scope, next);
	}

	// The request

	@Override
	public String method() {
		HttpClientRequest prepared = this.request;
		return ((prepared != null) ? prepared.method() : this.config.method()).name();
	}

	@Override
	public String path() {
		HttpClientRequest prepared = this.request;
		return (prepared != null) ? prepared.uri() : "";
	}

	@Override
	public @Nullable HttpHeaders headers() {
		HttpClientRequest prepared = this.request;
		return (prepared != null) ? prepared.requestHeaders() : null;
	}

	// On the event loop of the connection

	@Override
	protected void deliver(SessionStream stream, boolean reused) {
		Channel channel = channel();
		Context context = currentContext();
		if (!context.isEmpty()) {
			ReactorNetty.setChannelContext(channel, context);
		}
		changed(stream.connection(), reused ? State.ACQUIRED : State.CONNECTED);
		if (stream.isConnection()) {
			deliverConnection(stream);
		}
		else {
			deliverStream(channel);
		}
	}

	private void deliverConnection(SessionStream stream) {
		if (MessageHandler.leave(channel())) {
			rejoin(channel());
		}
		ChannelOperations<?, ?> made = this.config.channelOperationsProvider().create(stream.connection(), this, null);
		if (made != null) {
			made.bind();
			deliver(made);
			changed(made, State.CONFIGURED);
		}
	}

	private void deliverStream(Channel channel) {
		ChannelOperations.OnSetup factory = this.config.channelOperationsProvider();
		ChannelOperations.addReactiveBridge(channel, factory, this);
		ChannelOperations<?, ?> made = factory.create(Connection.from(channel), this, null);
		if (made != null) {
			made.bind();
			changed(made, HttpClientState.STREAM_CONFIGURED);
			deliver(made);
		}
	}

	private void deliver(ChannelOperations<?, ?> made) {
		this.operations = made;
		if (!isRepetition()) {
			this.actual.onNext(made);
			this.actual.onComplete();
		}
	}

	private boolean isCarried() {
		return hasBegun() && progress().stream().carries(this);
	}

	@Override
	public void onStateChange(Connection connection, State state) {
		if (!isCarried()) {
			return;
		}
		SessionStream stream = progress().stream();
		if (state != State.DISCONNECTING) {
			changed(connection, state);
		}
		else if (!stream.isConnection()) {
			changed(connection, state);
			stream.release(this, progress().isAnswered());
		}
		else if (stream.release(this, progress().isAnswered())) {
			forget(channel());
			changed(connection, State.RELEASED);
		}
		else {
			changed(connection, state);
		}
	}

	/**
	 * Leave nothing of this on a channel that carries another exchange next.
	 * @param channel the channel
	 */
	private static void forget(Channel channel) {
		ReactorNetty.setChannelContext(channel, null);
		UriTemplates.forget(channel);
	}

	// Reactor Netty says so where the body has ended, which may be on another thread.
	private void sent() {
		EventLoop eventLoop = eventLoop();
		if (eventLoop.inEventLoop()) {
			requestSent();
			return;
		}
		try {
			eventLoop.execute(() -> {
				if (isCarried()) {
					requestSent();
				}
			});
		}
		catch (RejectedExecutionException ex) {
			// The event loop has been stopped, and has ended this.
		}
	}

	private void changed(Connection connection, State state) {
		if (state == HttpClientState.REQUEST_PREPARED && connection instanceof HttpClientRequest prepared) {
			requestPrepared(prepared);
		}
		else if (state == HttpClientState.REQUEST_SENT) {
			sent();
		}
		else if (state == HttpClientState.RESPONSE_RECEIVED) {
			this.redirect = null;
			if (connection instanceof HttpClientResponse response && responseReceived(connection, response)) {
				return;
			}
		}
		else if (state == HttpClientState.RESPONSE_COMPLETED && log() != null) {
			log().completed();
		}
		if (!isReplaced()) {
			tell(connection, state);
		}
		if (state == HttpClientState.RESPONSE_RECEIVED && this.scope != null) {
			this.scope.passed(connection);
		}
	}

	private void requestPrepared(HttpClientRequest prepared) {
		this.request = prepared;
		Duration readTimeout = host().readTimeout(this.config.responseTimeout());
		if (readTimeout != null) {
			prepared.responseTimeout(readTimeout);
		}
		prepareRedirected();
	}

	// Reactor Netty expects no Error here, and tells nobody of one.
	private void tell(Connection connection, State state) {
		try {
			this.observer.onStateChange(connection, state);
		}
		catch (Error ex) {
			failed(ex);
		}
	}

	private boolean responseReceived(Connection connection, HttpClientResponse response) {
		int status = response.status().code();
		responseBegins(status, isEventStream(response));
		boolean again = asksForRetry(status) && retry(response.responseHeaders().get(HttpHeaderNames.RETRY_AFTER));
		if (again) {
			// As a caller that wants no body: the connection is saved if that is cheap.
			connection.inbound().receive().subscribe().dispose();
		}
		return again;
	}

	private static boolean isEventStream(HttpClientResponse response) {
		return response.isWebsocket() || isEventStream(response.responseHeaders());
	}

	@Override
	public void received(ChannelHandlerContext ctx, Object msg) {
		super.received(ctx, msg);
		if (msg instanceof HttpResponse response) {
			this.redirect = redirect(response);
		}
	}

	@Override
	public boolean isAbandoned() {
		ChannelOperations<?, ?> present = ChannelOperations.get(channel());
		return present != null && present.isInboundCancelled();
	}

	@Override
	protected void dispose() {
		if (this.operations != null) {
			this.operations.dispose();
		}
	}

	@Override
	protected void discard() {
		if (this.operations != null) {
			this.operations.receive().subscribe((part) -> {
			}, (refused) -> {
			});
		}
	}

	@Override
	protected void addForCaller(Channel channel, String name, ChannelHandler handler) {
		channel.pipeline().addBefore(NettyPipeline.ReactiveBridge, name, handler);
	}

	@Override
	protected void rejoin(Channel channel) {
		ChannelOperations.addReactiveBridge(channel, this.config.channelOperationsProvider(),
				ConnectionObserver.emptyListener());
	}

	/**
	 * Note whether whoever reads the response, an event stream, waits for more of it.
	 * @param waits whether more was asked for than has come
	 */
	void readerWaits(boolean waits) {
		if (isCarried()) {
			readerOfEventsWaits(waits);
		}
	}

	// Errors

	@Override
	public void onUncaughtException(Connection connection, Throwable error) {
		if (isReplaced() || !isCarried()) {
			return;
		}
		Throwable told = isLost() ? lost(error) : redirected(host().errors().failed(named(error)));
		if (log() != null) {
			log().failed(told);
		}
		if (!isReplaced()) {
			this.observer.onUncaughtException(connection, told);
		}
	}

	/**
	 * End this because its request cannot be made.
	 * @param channel where that was to be written
	 * @param error what its source has reported
	 */
	void notMade(Channel channel, Throwable error) {
		if (isCarried() && channel == channel() && !isReplaced() && !isLost()) {
			failed(redirected(named(error)));
		}
	}

	@Override
	protected void tellReader(Throwable error) {
		ChannelHandlerContext last = channel().pipeline().context(NettyPipeline.ReactiveBridge);
		if (last != null && last.handler() instanceof ChannelInboundHandler reader
				&& !(error instanceof ConnPoolException)) {
			tellPast(reader, last, error);
		}
		else {
			super.tellReader(error);
		}
	}

	// Handlers keep to themselves what they take for the end of the channel, or for an
	// error of the server.
	@SuppressWarnings("deprecation")
	private static void tellPast(ChannelInboundHandler reader, ChannelHandlerContext ctx, Throwable error) {
		try {
			reader.exceptionCaught(ctx, error);
		}
		catch (Exception ex) {
			ctx.fireExceptionCaught(ex);
		}
	}

	// Reactor Netty reads the length of a request before it writes anything.
	private Throwable named(Throwable error) {
		HttpHeaders headers = headers();
		return (error instanceof NumberFormatException && headers != null && RequestLength.isNoNumber(headers))
				? host().errors().wrongLength(RequestLength.NO_NUMBER) : error;
	}

	// Redirects, which Reactor Netty follows

	private void prepareRedirected() {
		Redirects redirects = (this.scope != null) ? this.scope.redirects() : null;
		RedirectedRequest redirected = (redirects != null) ? redirects.next(host()) : null;
		if (redirected != null) {
			boolean chosen = this.config.redirectRequestConsumer() != null
					|| this.config.redirectRequestBiConsumer() != null;
			channel().pipeline()
				.addBefore(NettyPipeline.ReactiveBridge, null, new RedirectedRequestHandler(redirected, chosen));
		}
	}

	private @Nullable Redirect redirect(HttpResponse response) {
		HttpClientRequest sent = this.request;
		BiPredicate<HttpClientRequest, HttpClientResponse> followed = this.config.followRedirectPredicate();
		return (sent != null && followed != null && response.status().codeClass() == HttpStatusClass.REDIRECTION)
				? FollowedRedirect.of(response, sent, host().origin(), followed) : null;
	}

	/**
	 * Tell what is wrong with a redirect, or with a request that was redirected here.
	 * @param reported what was reported, for a redirect that is followed too
	 * @return what the caller is told
	 */
	private Throwable redirected(Throwable reported) {
		RequestScope of = this.scope;
		if (of == null || isAborted() || reported instanceof IOException) {
			return reported;
		}
		if (this.redirect != null && progress().isAnswered()) {
			RedirectException error = of.redirectedFrom(host()).follow(this.redirect, host());
			return (error != null) ? error : reported;
		}
		Redirects redirects = of.redirects();
		return (redirects != null && !progress().isReading()) ? redirects.bodySpent(host(), reported) : reported;
	}

}
