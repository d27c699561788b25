package dev.connpool.behaviour;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.zip.GZIPOutputStream;

import dev.connpool.testing.Gate;
import dev.connpool.testing.Script;
import dev.connpool.testing.Wire;
import io.netty.handler.codec.http2.Http2Error;

/**
 * What a server can do wrong once it has received a request, and what the caller is told
 * if the request is not sent again, on HTTP/1.1 and on HTTP/2.
 */
enum Fault {

	CLOSE("closes the connection", Rule.LOST, "ConnectionLostException", (script, read) -> script.closes()),

	RESET("resets the connection (RST)", Rule.LOST, "ConnectionLostException", (script, read) -> script.resets()),

	HALF_A_HEADER("closes the connection within the header", Rule.CUT, "ProtocolErrorException",
			"ConnectionLostException", (script, read) -> script.sendsHalfAHeader().closes()),

	HEADER("closes the connection after the header", Rule.BEGUN, "ConnectionLostException",
			(script, read) -> script.sendsHeader().closes()),

	PART("closes the connection within the body", Rule.BEGUN, "ConnectionLostException",
			(script, read) -> script.sendsHeader().sends("part").closes()),

	PART_RESET("resets the connection (RST) within the body", Rule.BEGUN, "ConnectionLostException",
			(script, read) -> script.sendsHeader().waitsFor(read).sends("part").resets()),

	TOO_SHORT("sends less than `Content-Length` and closes the connection", Rule.BEGUN, "ConnectionLostException",
			"ProtocolErrorException", (script, read) -> script.answersWithContentLength(100).closes()),

	ENDS_EARLY("sends less than `Content-Length` and ends the stream", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.answersWithContentLength(100), Wire.H2),

	TOO_LONG("sends more than `Content-Length`", Rule.ANSWERED, "",
			(script, read) -> script.answersWithContentLength(3), Wire.H1, Wire.H1_TLS),

	TOO_LONG_STREAM("sends more than `Content-Length`", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.answersWithContentLength(3), Wire.H2),

	TWO_ANSWERS("answers twice", Rule.ANSWERED, "", (script, read) -> script.answers().answers(), Wire.H1, Wire.H1_TLS),

	GZIP_ENDS_EARLY("sends a compressed body that ends early", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> answerInGzip(script, Arrays.copyOf(gzip(), gzip().length - 12))),

	GZIP_MISSING("sends a body that is not compressed as `Content-Encoding` says", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> answerInGzip(script, "not compressed".getBytes(StandardCharsets.UTF_8))),

	GZIP_CHECKSUM("sends a compressed body with a wrong checksum", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> answerInGzip(script, wrongChecksum())),

	NOTHING("never answers", Rule.BEGUN, "ResponseHeaderTimeoutException", (script, read) -> {
	}),

	SILENCE("freezes: never answers, nor PING", Rule.BEGUN, "ResponseHeaderTimeoutException",
			(script, read) -> script.keepsSilent()),

	DEAF("stops reading", Rule.BEGUN, "ResponseHeaderTimeoutException", (script, read) -> script.stopsReading()),

	HEADER_ONLY("never sends the body", Rule.BEGUN, "RequestTimeoutException", (script, read) -> script.sendsHeader()),

	DRIP("sends a body that does not end", Rule.BEGUN, "RequestTimeoutException",
			(script, read) -> script.sendsHeader().drips("drop".repeat(500), Duration.ofMillis(20))),

	STATUS("sends a malformed status", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsMalformedStatus()),

	LOW_STATUS("sends the status 99", Rule.BEGUN, "ProtocolErrorException", (script, read) -> script.sendsStatus(99)),

	HIGH_STATUS("sends the status 1000", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsStatus(1000)),

	FIELD("sends a malformed header field", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsMalformedHeader()),

	HUGE("sends a header that is too large", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsHugeHeader(100_000)),

	CHUNK("sends a malformed chunk", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsHeader().sendsMalformedChunk(), Wire.H1, Wire.H1_TLS),

	TRANSFER_CODING("sends a transfer coding that there is not", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsUnknownTransferCoding(), Wire.H1, Wire.H1_TLS),

	SWITCH("switches protocols unasked (101)", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsInterim(101, "connection", "upgrade", "upgrade", "other"), Wire.H1,
			Wire.H1_TLS),

	HEADER_DRIP("sends a header that does not end", Rule.BEGUN, "ResponseHeaderTimeoutException",
			(script, read) -> script.dripsHeader(Duration.ofMillis(20)), Wire.H1, Wire.H1_TLS),

	ANSWER_AND_CLOSE("answers and closes the connection", Rule.ANSWERED, "",
			(script, read) -> script.answers().closes()),

	REFUSED("refuses the stream", Rule.UNPROCESSED, "ConnectionLostException", (script, read) -> script.refusesStream(),
			Wire.H2),

	STREAM_RESET("resets the stream (INTERNAL_ERROR)", Rule.BEGUN, "ConnectionLostException",
			(script, read) -> script.resetsStream(Http2Error.INTERNAL_ERROR), Wire.H2),

	STREAM_RESET_WITHIN("resets the stream within the body", Rule.BEGUN, "ConnectionLostException",
			(script, read) -> script.sendsHeader().sends("part").resetsStream(Http2Error.INTERNAL_ERROR), Wire.H2),

	GOAWAY_BEFORE("sends a GOAWAY that ignores the stream", Rule.UNPROCESSED, "ConnectionLostException",
			(script, read) -> script.goesAwayBefore(Http2Error.NO_ERROR), Wire.H2),

	GOAWAY_BEFORE_CLOSE("sends a GOAWAY that ignores the stream, and closes the connection", Rule.UNPROCESSED,
			"ConnectionLostException", (script, read) -> script.goesAwayBefore(Http2Error.ENHANCE_YOUR_CALM).closes(),
			Wire.H2),

	GOAWAY_TWICE("announces GOAWAY, sends it, and answers", Rule.ANSWERED, "",
			(script, read) -> script.announcesGoAway().goesAway(Http2Error.NO_ERROR).answers(), Wire.H2),

	GOAWAY_CLOSE("sends a GOAWAY that accepts the stream, and closes the connection", Rule.LOST,
			"ConnectionLostException", (script, read) -> script.goesAway(Http2Error.NO_ERROR).closes(), Wire.H2),

	NO_STREAMS("allows no more streams, and answers", Rule.ANSWERED, "",
			(script, read) -> script.allowsStreams(0).answers(), Wire.H2),

	INTERIM_END("ends the stream with an interim response", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.endsWithInterim(103), Wire.H2),

	TRAILERS("sends trailers that do not end the stream", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsHeader().sends("part").sendsUnfinishedTrailers(), Wire.H2),

	CONTINUATIONS("sends CONTINUATION frames without end", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsContinuations(5000), Wire.H2),

	DATA_ON_ZERO("sends DATA on stream 0", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsDataOnStreamZero(), Wire.H2),

	OVERSIZED("sends an oversized frame", Rule.BEGUN, "ProtocolErrorException",
			(script, read) -> script.sendsOversizedFrame(), Wire.H2),

	PUSH("sends PUSH_PROMISE", Rule.BEGUN, "ProtocolErrorException", (script, read) -> script.pushes(), Wire.H2);

	private final String text;

	private final Rule rule;

	private final String http1Error;

	private final String http2Error;

	private final BiConsumer<Script, Gate> script;

	private final Set<Wire> wires;

	Fault(String text, Rule rule, String error, BiConsumer<Script, Gate> script) {
		this(text, rule, error, error, script, EnumSet.of(Wire.H1, Wire.H1_TLS, Wire.H2));
	}

	Fault(String text, Rule rule, String http1Error, String http2Error, BiConsumer<Script, Gate> script) {
		this(text, rule, http1Error, http2Error, script, EnumSet.of(Wire.H1, Wire.H1_TLS, Wire.H2));
	}

	Fault(String text, Rule rule, String error, BiConsumer<Script, Gate> script, Wire... wires) {
		this(text, rule, error, error, script, Set.of(wires));
	}

	Fault(String text, Rule rule, String http1Error, String http2Error, BiConsumer<Script, Gate> script,
			Set<Wire> wires) {
		this.text = text;
		this.rule = rule;
		this.http1Error = http1Error;
		this.http2Error = http2Error;
		this.script = script;
		this.wires = EnumSet.copyOf(wires);
	}

	private static void answerInGzip(Script script, byte[] body) {
		script.answers(body, "content-encoding", "gzip");
	}

	private static byte[] gzip() {
		ByteArrayOutputStream compressed = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
			gzip.write("compressed".getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return compressed.toByteArray();
	}

	/** It is followed by the length, which has four bytes too. */
	private static byte[] wrongChecksum() {
		byte[] gzip = gzip();
		gzip[gzip.length - 8] ^= 1;
		return gzip;
	}

	Set<Wire> wires() {
		return this.wires;
	}

	/**
	 * Do this once a request was received. The gate opens when the caller has the header.
	 */
	void play(Script empty, Gate read) {
		this.script.accept(empty.waitsForBody(), read);
	}

	/** Whether a deadline has to end it. */
	boolean hangs() {
		return this == NO_STREAMS || this.http2Error.endsWith("TimeoutException");
	}

	/** What has to come of a call, says the rule. */
	FaultOutcome expected(Wire wire, boolean reused, Call call) {
		boolean replayed = switch (this.rule) {
			case ANSWERED, BEGUN -> false;
			case LOST -> reused && call.idempotent() && call.repeatable();
			case CUT -> wire.multiplexed() && reused && call.idempotent() && call.repeatable();
			case UNPROCESSED -> call.repeatable();
		};
		String error = wire.multiplexed() ? this.http2Error : this.http1Error;
		boolean answered = replayed || this.rule == Rule.ANSWERED;
		return new FaultOutcome(answered ? FaultOutcome.ANSWERED : error, replayed ? 2 : 1, true, true);
	}

	@Override
	public String toString() {
		return this.text;
	}

	/**
	 * What follows from a fault.
	 */
	private enum Rule {

		/** The response is complete. */
		ANSWERED,

		/** The connection is gone before the first byte of the response (B26). */
		LOST,

		/** As {@link #LOST}, where half a header cannot be told from none. */
		CUT,

		/** The server said that it did not process the request (B20, B21). */
		UNPROCESSED,

		/** The server has begun to answer, or may have processed the request (N4). */
		BEGUN

	}

	/**
	 * What a caller sends.
	 */
	enum Call {

		GET("GET", true, true),

		POST("POST", false, true),

		KEYED_POST("POST with `Idempotency-Key`", true, true),

		STREAMING_POST("the same, streaming", true, false);

		private final String text;

		private final boolean idempotent;

		private final boolean repeatable;

		Call(String text, boolean idempotent, boolean repeatable) {
			this.text = text;
			this.idempotent = idempotent;
			this.repeatable = repeatable;
		}

		boolean idempotent() {
			return this.idempotent;
		}

		boolean repeatable() {
			return this.repeatable;
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
