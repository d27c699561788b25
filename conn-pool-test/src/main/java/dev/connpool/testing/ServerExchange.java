package dev.connpool.testing;

import java.util.Map;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * One request and its response, as a scripted server sees them: what a {@link Script} is
 * played on. With no method it is the connection itself.
 */
abstract class ServerExchange {

	private static final byte[] NONE = {};

	private final ScriptedConnection connection;

	private final String method;

	private final String path;

	private final Sinks.Empty<Void> received = Sinks.empty();

	private final Disposable.Swap script = Disposables.swap();

	private boolean complete;

	private boolean succeeded;

	ServerExchange(ScriptedConnection connection, String method, String uri) {
		this.connection = connection;
		this.method = method;
		this.path = uri.replaceAll("\\?.*", "");
	}

	ScriptedConnection connection() {
		return this.connection;
	}

	String path() {
		return this.path;
	}

	/** The header of the request was read. */
	void arrived() {
		this.connection.log().requestArrived(this.method, this.path);
		event("arrived");
		this.script.update(this.connection.arrived(this));
	}

	/** All of the request was read. */
	void received() {
		event("was received");
		this.complete = true;
		count();
		this.received.tryEmitEmpty();
	}

	/** Nobody waits for the response any more. */
	void abandoned() {
		this.script.dispose();
	}

	boolean isComplete() {
		return this.complete;
	}

	Mono<Void> whenReceived() {
		return this.received.asMono();
	}

	/**
	 * Take note that a complete response was written.
	 * @param status its status
	 * @return does so when subscribed to
	 */
	Mono<Void> answered(int status) {
		return Mono.fromRunnable(() -> {
			this.succeeded = status / 100 == 2;
			count();
		});
	}

	/**
	 * Take note that a response was written, which is complete if its length is right.
	 * @param status its status
	 * @param header its header fields
	 * @return does so when subscribed to
	 */
	Mono<Void> answered(int status, Map<String, String> header) {
		return answered(header.containsKey("content-length") ? 0 : status);
	}

	private void count() {
		if (this.complete && this.succeeded) {
			this.succeeded = false;
			this.connection.log().requestProcessed(this.method, this.path);
			event("was processed");
		}
	}

	/**
	 * Return what is left of a body where none may be sent (RFC 9110, section 6.4.1).
	 * @param status the status
	 * @param body the body
	 * @return the body, or none
	 */
	byte[] allowed(int status, byte[] body) {
		return (status == 204 || status == 304 || this.method.equals("HEAD")) ? NONE : body;
	}

	void event(String event) {
		this.connection.event(this.method.isEmpty() ? event : "%s %s %s".formatted(this.method, this.path, event));
	}

	abstract Mono<Void> answer(int status, Map<String, String> header, byte[] body);

	abstract Mono<Void> interim(int status, Map<String, String> header);

	abstract Mono<Void> header();

	abstract Mono<Void> part(String text);

	abstract Mono<Void> end();

	abstract Mono<Void> halfAHeader();

	abstract Mono<Void> malformedStatus();

	abstract Mono<Void> malformedHeader();

}
