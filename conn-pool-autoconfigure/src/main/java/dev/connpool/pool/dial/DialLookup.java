package dev.connpool.pool.dial;

import java.net.SocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * What a name resolves to, looked up once for all attempts of a dial. On the event loop
 * of the dial, whichever thread the resolver uses.
 */
public final class DialLookup extends AddressResolverGroup<SocketAddress> {

	private final AddressResolverGroup<?> resolvers;

	private final UnaryOperator<List<SocketAddress>> order;

	private @Nullable Future<List<SocketAddress>> answer;

	private long answeredAt;

	/**
	 * Create a lookup.
	 * @param resolvers who is asked
	 * @param order puts the addresses into the order to try them in
	 */
	DialLookup(AddressResolverGroup<?> resolvers, UnaryOperator<List<SocketAddress>> order) {
		this.resolvers = resolvers;
		this.order = order;
	}

	/**
	 * Return how many addresses there are.
	 * @return the number of addresses, 1 if there was nothing to look up
	 */
	int size() {
		Future<List<SocketAddress>> known = this.answer;
		return (known != null && known.isSuccess()) ? known.getNow().size() : 1;
	}

	/**
	 * Return when the answer came.
	 * @return the time, in terms of {@link System#nanoTime()}; now if there was nothing
	 * to look up
	 */
	long answeredAt() {
		return (this.answeredAt != 0) ? this.answeredAt : System.nanoTime();
	}

	// There is nothing to keep for an event loop.
	@Override
	public AddressResolver<SocketAddress> getResolver(EventExecutor executor) {
		return newResolver(executor);
	}

	@Override
	@SuppressWarnings("unchecked")
	protected AddressResolver<SocketAddress> newResolver(EventExecutor executor) {
		return new Once(executor, (AddressResolver<SocketAddress>) this.resolvers.getResolver(executor));
	}

	/**
	 * Asks the first time only.
	 */
	private final class Once extends AbstractAddressResolver<SocketAddress> {

		private final AddressResolver<SocketAddress> resolver;

		Once(EventExecutor executor, AddressResolver<SocketAddress> resolver) {
			super(executor, SocketAddress.class);
			this.resolver = resolver;
		}

		@Override
		public boolean isSupported(SocketAddress address) {
			return this.resolver.isSupported(address);
		}

		@Override
		protected boolean doIsResolved(SocketAddress address) {
			return this.resolver.isResolved(address);
		}

		@Override
		protected void doResolve(SocketAddress address, Promise<SocketAddress> promise) {
			this.resolver.resolve(address, promise);
		}

		@Override
		protected void doResolveAll(SocketAddress address, Promise<List<SocketAddress>> promise) {
			assert executor().inEventLoop();
			Future<List<SocketAddress>> known = DialLookup.this.answer;
			if (known == null) {
				known = ask(address);
				DialLookup.this.answer = known;
			}
			Future<List<SocketAddress>> asked = known;
			asked.addListener((done) -> {
				if (asked.isSuccess()) {
					promise.trySuccess(asked.getNow());
				}
				else {
					promise.tryFailure(asked.cause());
				}
			});
		}

		private Future<List<SocketAddress>> ask(SocketAddress address) {
			Promise<List<SocketAddress>> ordered = executor().newPromise();
			Future<List<SocketAddress>> asked = this.resolver.resolveAll(address);
			asked.addListener((done) -> executor().execute(() -> {
				DialLookup.this.answeredAt = System.nanoTime();
				if (asked.isSuccess()) {
					ordered.trySuccess(DialLookup.this.order.apply(asked.getNow()));
				}
				else {
					ordered.tryFailure(asked.cause());
				}
			}));
			return ordered;
		}

	}

}
