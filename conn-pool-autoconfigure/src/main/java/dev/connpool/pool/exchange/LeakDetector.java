package dev.connpool.pool.exchange;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.settings.LeakSettings;
import dev.connpool.snapshot.StreamSnapshot;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Notices that nobody reads the response of one exchange. Only made if the client looks
 * for leaks; looked at with the deadlines, on the event loop of the connection.
 * <p>
 * A transport reads ahead of slow readers, so that bytes alone do not tell whether there
 * is one. The direct one says when a part is read; what is handed to Reactor Netty tells
 * when it is released.
 */
final class LeakDetector extends ChannelInboundHandlerAdapter {

	static final String NAME = "connpool.leak";

	private static final Logger log = Loggers.getLogger("dev.connpool.leak");

	private final Host host;

	private final LeakSettings thresholds;

	private final List<String> callSite;

	private static final AtomicLongFieldUpdater<LeakDetector> PARTS_READ = AtomicLongFieldUpdater
		.newUpdater(LeakDetector.class, "partsRead");

	/** The parts of the response that somebody has read, on whichever thread. */
	private volatile long partsRead;

	/** What had moved when the exchange was last looked at. */
	private long moved = -1;

	/** Since when nothing has moved and nobody waited for it to. */
	private long quietSince;

	private boolean quiet;

	private boolean reported;

	private LeakDetector(Host host, List<String> callSite) {
		this.host = host;
		this.thresholds = host.settings().leaks();
		this.callSite = callSite;
	}

	static @Nullable LeakDetector of(Host host, @Nullable ExchangeOwner owner) {
		return host.settings().leaks().isEnabled()
				? new LeakDetector(host, (owner != null) ? owner.callSite() : List.of()) : null;
	}

	/**
	 * Note that a part of the response was read. On any thread.
	 */
	void partRead() {
		PARTS_READ.incrementAndGet(this);
	}

	@Override
	public void channelRead(ChannelHandlerContext ctx, Object msg) {
		ctx.fireChannelRead(
				(msg instanceof HttpContent content && !(msg instanceof LastHttpContent)) ? new Part(content) : msg);
	}

	/**
	 * Look at the exchange.
	 * @param exchange the exchange
	 * @param now the current time
	 */
	void look(Exchange exchange, long now) {
		assert exchange.granted().inEventLoop();
		Progress progress = exchange.progress();
		long moving = progress.traffic() + this.partsRead;
		this.quiet = moving == this.moved && progress.isUnread();
		if (!this.quiet) {
			this.moved = moving;
			this.quietSince = now;
			return;
		}
		if (!this.reported && passed(this.thresholds.detectionThreshold(), now)) {
			this.reported = true;
			report(exchange, now);
		}
		if (!this.thresholds.reclaimThreshold().isZero() && passed(this.thresholds.reclaimThreshold(), now)) {
			exchange.abort(this.host.errors().leakReclaimed(), CloseReason.LEAKED);
		}
	}

	private boolean passed(Duration threshold, long now) {
		return now - this.quietSince >= threshold.toNanos();
	}

	private void report(Exchange exchange, long now) {
		PooledConnection connection = exchange.granted();
		connection.events().leaked(connection.info());
		String message = describe(exchange, now);
		try {
			CallerContext.run(exchange.callerContext(), () -> log.warn(message));
		}
		catch (Throwable ex) {
			// What goes wrong in the context of a caller must not keep the others from
			// being looked at.
			log.warn(message, ex);
		}
	}

	private String describe(Exchange exchange, long now) {
		StreamSnapshot seen = exchange.snapshot();
		PooledConnection connection = exchange.granted();
		return "Client '%s', host %s: nobody has read the response to %s %s for %s (begun %s ago, %d bytes read, connection %s, stream %d). Read it to its end or release it. Called at %s"
			.formatted(this.host.client(), this.host.origin(), seen.method(),
					(seen.uriTemplate() != null) ? seen.uriTemplate() : "-",
					millis(Duration.ofNanos(now - this.quietSince)), millis(seen.age()), seen.bytesReceived(),
					connection.record().id(), exchange.progress().stream().id(),
					this.callSite.isEmpty() ? "-" : String.join(" < ", this.callSite));
	}

	private static String millis(Duration duration) {
		return duration.toMillis() + " ms";
	}

	/**
	 * Note that the exchange is over.
	 * @param events where that is noted
	 */
	void ended(HostEvents events) {
		if (this.reported) {
			events.leakEnded();
		}
	}

	/**
	 * Return what is wrong with the exchange.
	 * @return the leak, or {@code null} if there is none
	 */
	StreamSnapshot.@Nullable Leak snapshot() {
		return (this.reported && this.quiet)
				? new StreamSnapshot.Leak(Duration.ofNanos(System.nanoTime() - this.quietSince), this.callSite) : null;
	}

	/**
	 * A part of the response that tells when it was read.
	 */
	private final class Part extends DefaultHttpContent {

		Part(HttpContent content) {
			super(content.content());
		}

		@Override
		public boolean release() {
			partRead();
			return super.release();
		}

	}

}
