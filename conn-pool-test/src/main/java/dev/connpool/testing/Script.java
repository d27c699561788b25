package dev.connpool.testing;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

import io.netty.handler.codec.http2.Http2Error;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a {@link ScriptedServer} does when a request arrives or a connection opens, step
 * by step. It has to be complete before that happens. After the last step nothing else is
 * done: without {@link #answers()} there is no answer.
 */
public final class Script {

	private static final byte[] BODY = "scripted".getBytes(StandardCharsets.UTF_8);

	private final Carrier carrier;

	private final List<Step> steps = new CopyOnWriteArrayList<>();

	private volatile boolean played;

	Script(Carrier carrier) {
		this.carrier = carrier;
	}

	Mono<Void> run(ServerExchange exchange) {
		this.played = true;
		return Flux.fromIterable(this.steps).concatMap((step) -> {
			exchange.event("script " + step.name());
			return step.action().apply(exchange);
		}).then();
	}

	/**
	 * Go on when all of the request was read.
	 * @return this
	 */
	public Script waitsForBody() {
		return step("waits for the body", ServerExchange::whenReceived);
	}

	/**
	 * Go on when a gate is open.
	 * @param gate the gate
	 * @return this
	 */
	public Script waitsFor(Gate gate) {
		return step("waits for a gate", (exchange) -> gate.opened().publishOn(exchange.connection().scheduler()));
	}

	/**
	 * Tell the test that this step was reached.
	 * @param gate the gate
	 * @return this
	 */
	public Script opens(Gate gate) {
		return step("opens a gate", (exchange) -> Mono.fromRunnable(gate::open));
	}

	/**
	 * Send a complete 200 with a body.
	 * @return this
	 */
	public Script answers() {
		return answers(BODY);
	}

	/**
	 * Send a complete 200 with a body and header fields, given as names and values.
	 * @param body the body
	 * @param fields names and values, in turns
	 * @return this
	 */
	public Script answers(String body, String... fields) {
		return answers(body.getBytes(StandardCharsets.UTF_8), fields);
	}

	/**
	 * Send a complete 200 with a body that is no text, say, compressed, and header
	 * fields, given as names and values.
	 * @param body the body, short for HTTP/2 as flow control is not kept
	 * @param fields names and values, in turns
	 * @return this
	 */
	public Script answers(byte[] body, String... fields) {
		Map<String, String> header = fields(fields);
		return step("answers", (exchange) -> exchange.answer(200, header, body));
	}

	/**
	 * Send a complete response with header fields, given as names and values.
	 * @param status the status
	 * @param fields names and values, in turns
	 * @return this
	 */
	public Script answers(int status, String... fields) {
		Map<String, String> header = fields(fields);
		return step("answers " + between(200, status, 599), (exchange) -> exchange.answer(status, header, BODY));
	}

	/**
	 * Send a complete 200 whose content-length is not that of its body.
	 * @param length the content-length to send
	 * @return this
	 */
	public Script answersWithContentLength(int length) {
		return answers(200, "content-length", Integer.toString(length));
	}

	/**
	 * Send an interim response with header fields, given as names and values.
	 * @param status the status
	 * @param fields names and values, in turns
	 * @return this
	 */
	public Script sendsInterim(int status, String... fields) {
		Map<String, String> header = fields(fields);
		return step("sends " + between(100, status, 199), (exchange) -> exchange.interim(status, header));
	}

	/**
	 * Send the header of a 200 whose body follows.
	 * @return this
	 */
	public Script sendsHeader() {
		return step("sends a header", ServerExchange::header);
	}

	/**
	 * Send a part of the body.
	 * @param part the part, short for HTTP/2 as flow control is not kept
	 * @return this
	 */
	public Script sends(String part) {
		return step("sends a part", (exchange) -> exchange.part(part));
	}

	/**
	 * Send a part of the body, character by character.
	 * @param part the part, short for HTTP/2 as flow control is not kept
	 * @param pause what lies between two characters
	 * @return this
	 */
	public Script drips(String part, Duration pause) {
		return step("drips",
				(exchange) -> Flux.fromArray(part.split(""))
					.concatMap((character) -> Mono.delay(pause, exchange.connection().scheduler())
						.then(Mono.defer(() -> exchange.part(character))))
					.then());
	}

	/**
	 * End the body.
	 * @return this
	 */
	public Script ends() {
		return step("ends the body", ServerExchange::end);
	}

	/**
	 * Close the connection (FIN) without a word.
	 * @return this
	 */
	public Script closes() {
		return step("closes", (exchange) -> exchange.connection().close());
	}

	/**
	 * Reset the connection (RST).
	 * @return this
	 */
	public Script resets() {
		return step("resets", (exchange) -> exchange.connection().reset());
	}

	/**
	 * Read no more from the connection, for the rest of the test.
	 * @return this
	 */
	public Script stopsReading() {
		return step("stops reading", (exchange) -> exchange.connection().stopReading());
	}

	/**
	 * Read on, but never write again: no response, no PING acknowledgement.
	 * @return this
	 */
	public Script keepsSilent() {
		return step("keeps silent", (exchange) -> exchange.connection().keepSilent());
	}

	/**
	 * Send only the beginning of a header.
	 * @return this
	 */
	public Script sendsHalfAHeader() {
		return step("sends half a header", ServerExchange::halfAHeader);
	}

	/**
	 * Send a response whose status is not a number, or missing.
	 * @return this
	 */
	public Script sendsMalformedStatus() {
		return step("sends a malformed status", ServerExchange::malformedStatus);
	}

	/**
	 * Send a response whose status may be one that there is not.
	 * @param status the status, say, 1000
	 * @return this
	 */
	public Script sendsStatus(int status) {
		return step("sends the status " + status, (exchange) -> exchange.answer(status, Map.of(), BODY));
	}

	/**
	 * Send a response with a field whose name is not allowed.
	 * @return this
	 */
	public Script sendsMalformedHeader() {
		return step("sends a malformed header", ServerExchange::malformedHeader);
	}

	/**
	 * Send a complete 200 whose header has at least the given size.
	 * @param bytes the least size
	 * @return this
	 */
	public Script sendsHugeHeader(int bytes) {
		List<String> fields = new ArrayList<>();
		for (int size = 0, field = 0; size < bytes; size += 1000, field++) {
			fields.addAll(List.of("x-huge-" + field, "#".repeat(1000)));
		}
		return answers(200, fields.toArray(String[]::new));
	}

	/**
	 * HTTP/1.1: send a chunk whose size is not a number.
	 * @return this
	 */
	public Script sendsMalformedChunk() {
		return http1("sends a malformed chunk", (exchange) -> exchange.text("no size\r\n"));
	}

	/**
	 * HTTP/1.1: send a response with a transfer coding that there is not.
	 * @return this
	 */
	public Script sendsUnknownTransferCoding() {
		return http1("sends an unknown transfer coding", Http1Exchange::unknownTransferCoding);
	}

	/**
	 * HTTP/1.1: send a header that does not end, character by character.
	 * @param pause what lies between two characters
	 * @return this
	 */
	public Script dripsHeader(Duration pause) {
		return http1("drips a header", (exchange) -> exchange.dripHeader(pause));
	}

	/**
	 * HTTP/2: send an interim response that ends the stream.
	 * @param status the status
	 * @return this
	 */
	public Script endsWithInterim(int status) {
		return http2("ends with " + between(100, status, 199), (exchange) -> exchange.endWithInterim(status));
	}

	/**
	 * HTTP/2: send trailers that do not end the stream.
	 * @return this
	 */
	public Script sendsUnfinishedTrailers() {
		return http2("sends unfinished trailers", Http2Exchange::unfinishedTrailers);
	}

	/**
	 * HTTP/2: reset the stream with REFUSED_STREAM.
	 * @return this
	 */
	public Script refusesStream() {
		return resetsStream(Http2Error.REFUSED_STREAM);
	}

	/**
	 * HTTP/2: reset the stream.
	 * @param error the error code
	 * @return this
	 */
	public Script resetsStream(Http2Error error) {
		return http2("resets the stream: " + error, (exchange) -> exchange.resetStream(error));
	}

	/**
	 * HTTP/2: send a GOAWAY that accepts this stream and those before.
	 * @param error the error code
	 * @return this
	 */
	public Script goesAway(Http2Error error) {
		return http2("goes away: " + error, (exchange) -> exchange.goAway(exchange.stream(), error));
	}

	/**
	 * HTTP/2: send a GOAWAY that accepts the streams before this one.
	 * @param error the error code
	 * @return this
	 */
	public Script goesAwayBefore(Http2Error error) {
		return http2("goes away before this: " + error,
				(exchange) -> exchange.goAway(exchange.previousStream(), error));
	}

	/**
	 * HTTP/2: announce a GOAWAY, as graceful servers do (RFC 9113, section 6.8).
	 * @return this
	 */
	public Script announcesGoAway() {
		return http2("announces GOAWAY", (exchange) -> exchange.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR));
	}

	/**
	 * HTTP/2: send SETTINGS with a number of streams.
	 * @param streams the number of streams
	 * @return this
	 */
	public Script allowsStreams(int streams) {
		return http2("allows " + streams + " streams", (exchange) -> exchange.settings(streams));
	}

	/**
	 * HTTP/2: acknowledge no more PING on this connection.
	 * @return this
	 */
	public Script ignoresPings() {
		return http2("ignores PING", Http2Exchange::ignorePings);
	}

	/**
	 * HTTP/2: begin a header block that consists of many empty CONTINUATION frames.
	 * @param frames the number of frames
	 * @return this
	 */
	public Script sendsContinuations(int frames) {
		return http2("sends CONTINUATION frames", (exchange) -> exchange.continuations(frames));
	}

	/**
	 * HTTP/2: promise a response that nobody asked for.
	 * @return this
	 */
	public Script pushes() {
		return http2("pushes", Http2Exchange::push);
	}

	/**
	 * HTTP/2: send DATA on a stream that cannot have any.
	 * @return this
	 */
	public Script sendsDataOnStreamZero() {
		return http2("sends DATA on stream 0", (exchange) -> exchange.frame(0, 0, 0, "x"));
	}

	/**
	 * HTTP/2: begin a frame longer than any client allows.
	 * @return this
	 */
	public Script sendsOversizedFrame() {
		return http2("sends an oversized frame", Http2Exchange::oversizedFrame);
	}

	private Script http1(String name, Function<Http1Exchange, Mono<Void>> action) {
		return only(!this.carrier.isMultiplexed(), name, (exchange) -> action.apply((Http1Exchange) exchange));
	}

	private Script http2(String name, Function<Http2Exchange, Mono<Void>> action) {
		return only(this.carrier.isMultiplexed(), name, (exchange) -> action.apply((Http2Exchange) exchange));
	}

	private Script only(boolean possible, String name, Function<ServerExchange, Mono<Void>> action) {
		if (!possible) {
			throw new IllegalArgumentException("This server speaks %s, so it never %s".formatted(this.carrier, name));
		}
		return step(name, action);
	}

	private Script step(String name, Function<ServerExchange, Mono<Void>> action) {
		if (this.played) {
			throw new IllegalStateException(
					"This script was begun, so '%s' comes too late: write all steps before the request is sent"
						.formatted(name));
		}
		this.steps.add(new Step(name, action));
		return this;
	}

	private static Map<String, String> fields(String... fields) {
		if (fields.length % 2 != 0) {
			throw new IllegalArgumentException("Names and values must take turns, but there is an odd number: %s"
				.formatted(String.join(", ", fields)));
		}
		Map<String, String> header = new LinkedHashMap<>();
		for (int field = 0; field < fields.length; field += 2) {
			header.put(fields[field], fields[field + 1]);
		}
		return header;
	}

	private static int between(int least, int status, int most) {
		if (status < least || status > most) {
			throw new IllegalArgumentException(
					"The status must be between %d and %d here, but is %d".formatted(least, most, status));
		}
		return status;
	}

	/**
	 * What a script consists of.
	 */
	private record Step(String name, Function<ServerExchange, Mono<Void>> action) {

	}

}
