package dev.connpool.pool.exchange;

import java.util.Locale;

import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.SessionStream;
import dev.connpool.pool.host.Host;
import dev.connpool.settings.Protocol;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;
import reactor.util.context.ContextView;

/**
 * What is logged of one exchange when it ends: one line without paths, queries or header
 * values, in the context of the caller. Only made if the client logs exchanges.
 */
public final class ExchangeLog {

	private static final Logger log = Loggers.getLogger("dev.connpool.exchange");

	private final Lease lease;

	private final RequestHead head;

	private final int attempt;

	private final Host host;

	private @Nullable SessionStream stream;

	private long acquiredAt;

	private long headerAt;

	private boolean reused;

	private @Nullable String template;

	private int status;

	private boolean completed;

	private boolean abandoned;

	private @Nullable Throwable error;

	private ExchangeLog(Lease lease, RequestHead head, int attempt, Host host) {
		this.lease = lease;
		this.head = head;
		this.attempt = attempt;
		this.host = host;
	}

	static @Nullable ExchangeLog of(Lease lease, RequestHead head, int attempt, Host host) {
		return (host.settings().logExchanges() && log.isInfoEnabled()) ? new ExchangeLog(lease, head, attempt, host)
				: null;
	}

	/**
	 * Note that the exchange begins.
	 * @param carrier what carries it
	 * @param again whether its connection has carried another before
	 */
	void acquired(SessionStream carrier, boolean again) {
		this.stream = carrier;
		this.acquiredAt = System.nanoTime();
		this.reused = again;
	}

	/**
	 * Note that all of the request is sent.
	 * @param uri the URI template, or {@code null} if there is none
	 */
	void requestSent(@Nullable String uri) {
		this.template = uri;
	}

	/**
	 * Note that the head of the response has arrived.
	 * @param code the status
	 */
	void responseBegins(int code) {
		this.headerAt = System.nanoTime();
		this.status = code;
	}

	/**
	 * Note that the response was received to its end.
	 */
	public void completed() {
		this.completed = true;
	}

	/**
	 * Note that the caller does not read the response to its end.
	 */
	void abandoned() {
		this.abandoned = true;
	}

	/**
	 * Note why the exchange fails; the first reason stands.
	 * @param reason the error that the caller is told
	 */
	public void failed(Throwable reason) {
		if (this.error == null) {
			this.error = reason;
		}
	}

	/**
	 * Log the exchange.
	 * @param context the context of the caller
	 */
	void ended(ContextView context) {
		long now = System.nanoTime();
		try {
			CallerContext.run(context, () -> log.info(line(now)));
		}
		catch (Throwable ex) {
			// What goes wrong in the context of a caller must not cost the connection.
			log.warn("An exchange with {} was not logged", this.host.origin(), ex);
		}
	}

	private String line(long now) {
		return "client=%s host=%s method=%s uri=%s %s %s waited=%s header=%s total=%s".formatted(this.host.client(),
				this.host.origin(), this.head.method(), (this.template != null) ? this.template : "-", outcome(),
				route(), millis(this.lease.askedAt(), (this.acquiredAt != 0) ? this.acquiredAt : now),
				millis(this.acquiredAt, this.headerAt), millis(this.lease.askedAt(), now));
	}

	private String outcome() {
		String status = "status=" + ((this.status != 0) ? this.status : "-");
		Throwable reason = this.error;
		if (reason != null) {
			return status + " error=" + reason.getClass().getSimpleName();
		}
		return (this.completed && !this.abandoned) ? status : status + " error=cancelled";
	}

	private String route() {
		SessionStream carrier = this.stream;
		if (carrier == null) {
			return "protocol=- connection=- stream=- reused=- attempt=%d".formatted(this.attempt);
		}
		ConnectionRecord record = carrier.connection().record();
		Protocol protocol = record.protocol();
		return "protocol=%s connection=%s stream=%s reused=%s attempt=%d"
			.formatted((protocol != null) ? protocol.id() : "-", record.id(), carrier.id(), this.reused, this.attempt);
	}

	private static String millis(long start, long end) {
		return (start != 0 && end != 0) ? String.format(Locale.ROOT, "%.1fms", (end - start) / 1e6) : "-";
	}

}
