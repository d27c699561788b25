package dev.connpool.connector;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoOperator;
import reactor.netty.Connection;

/**
 * One request of a {@code RestClient}, for whose response a thread waits. When that
 * thread is interrupted just as the response arrives, it goes away without it, and nobody
 * else has it: then it is released here.
 */
public final class BlockedCall extends Relay<Connection, Connection> {

	private volatile @Nullable Connection response;

	/** The thread that hands over the response, while it does that. */
	private volatile @Nullable Thread handingOver;

	private volatile boolean cancelled;

	private BlockedCall(CoreSubscriber<? super Connection> actual) {
		super(actual);
	}

	/**
	 * Watch for responses that reach nobody.
	 * @param connections the responses as connections
	 * @return the same
	 */
	public static Mono<? extends Connection> over(Mono<? extends Connection> connections) {
		return new Watched(connections);
	}

	@Override
	public void onNext(Connection connection) {
		this.handingOver = Thread.currentThread();
		this.response = connection;
		if (this.cancelled) {
			release(connection);
			return;
		}
		actual().onNext(connection);
		this.handingOver = null;
	}

	// Whoever takes one response cancels too, but while it is handed over.
	@Override
	public void cancel() {
		if (Thread.currentThread() != this.handingOver) {
			this.cancelled = true;
			Connection arrived = this.response;
			if (arrived != null) {
				release(arrived);
			}
		}
		super.cancel();
	}

	// As a caller that wants no body: the connection is saved if that is cheap.
	private static void release(Connection response) {
		response.inbound().receive().onErrorComplete().subscribe().dispose();
	}

	/**
	 * The source, subscribed to by calls.
	 */
	private static final class Watched extends MonoOperator<Connection, Connection> {

		@SuppressWarnings("unchecked")
		Watched(Mono<? extends Connection> source) {
			super((Mono<Connection>) source);
		}

		@Override
		public void subscribe(CoreSubscriber<? super Connection> actual) {
			this.source.subscribe(new BlockedCall(actual));
		}

	}

}
