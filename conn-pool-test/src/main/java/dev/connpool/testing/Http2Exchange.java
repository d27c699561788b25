package dev.connpool.testing;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import reactor.core.publisher.Mono;

/**
 * Speaks HTTP/2 on one stream, or on the connection where the stream is 0. It pays no
 * attention to flow control, so bodies have to be small.
 */
final class Http2Exchange extends ServerExchange {

	private static final int HEADERS = 0x1;

	private static final int CONTINUATION = 0x9;

	private static final int LONGEST_FRAME = 0xFFFFFF;

	/** What HPACK makes of {@code :status: 200}. */
	private static final String STATUS_200 = "\u0088";

	private final Http2Connection http2;

	private final int stream;

	private boolean ended;

	Http2Exchange(ScriptedConnection connection, Http2Connection http2, int stream, String method, String uri) {
		super(connection, method, uri);
		this.http2 = http2;
		this.stream = stream;
	}

	@Override
	void received() {
		super.received();
		closeIfOver();
	}

	@Override
	Mono<Void> answered(int status) {
		return super.answered(status).then(Mono.fromRunnable(() -> {
			this.ended = true;
			closeIfOver();
		}));
	}

	// RFC 9113, section 5.1
	private void closeIfOver() {
		if (this.ended && isComplete()) {
			this.http2.closed(this.stream);
		}
	}

	@Override
	Mono<Void> answer(int status, Map<String, String> header, byte[] body) {
		byte[] content = allowed(status, body);
		return headers(headers(status, header), content.length == 0)
			.then((content.length == 0) ? Mono.empty() : data(content, true))
			.then(answered(status, header));
	}

	@Override
	Mono<Void> interim(int status, Map<String, String> header) {
		return headers(headers(status, header), false);
	}

	@Override
	Mono<Void> header() {
		return headers(headers(200, Map.of()), false);
	}

	@Override
	Mono<Void> part(String text) {
		return data(text, false);
	}

	@Override
	Mono<Void> end() {
		return data("", true).then(answered(200));
	}

	@Override
	Mono<Void> halfAHeader() {
		return raw(16, HEADERS, 0x4, this.stream, STATUS_200);
	}

	@Override
	Mono<Void> malformedStatus() {
		return headers(new DefaultHttp2Headers(false).add("content-type", "text/plain"), true);
	}

	@Override
	Mono<Void> malformedHeader() {
		return headers(headers(200, Map.of()).add("Upper-Case", "value"), true);
	}

	Mono<Void> endWithInterim(int status) {
		return headers(headers(status, Map.of()), true).then(answered(status));
	}

	Mono<Void> unfinishedTrailers() {
		return headers(new DefaultHttp2Headers(false).add("x-trailer", "value"), false);
	}

	Mono<Void> resetStream(Http2Error error) {
		return connection()
			.send((promise) -> this.http2.writer()
				.writeRstStream(this.http2.context(), this.stream, error.code(), promise))
			.then(Mono.fromRunnable(() -> this.http2.closed(this.stream)));
	}

	Mono<Void> goAway(int lastStream, Http2Error error) {
		this.http2.leave(lastStream);
		return connection().send((promise) -> this.http2.writer()
			.writeGoAway(this.http2.context(), lastStream, error.code(), this.http2.context().alloc().buffer(0),
					promise));
	}

	// Clients use odd numbers
	int previousStream() {
		return Math.max(0, this.stream - 2);
	}

	int stream() {
		return this.stream;
	}

	Mono<Void> settings(int maxConcurrentStreams) {
		this.http2.greeted();
		return connection().send((promise) -> this.http2.writer()
			.writeSettings(this.http2.context(), new Http2Settings().maxConcurrentStreams(maxConcurrentStreams),
					promise));
	}

	Mono<Void> ignorePings() {
		return Mono.fromRunnable(this.http2::ignorePings);
	}

	Mono<Void> push() {
		Http2Headers promised = new DefaultHttp2Headers(false).method("GET")
			.scheme(this.http2.scheme())
			.authority(ObservedServer.HOST)
			.path("/pushed");
		return connection().send((promise) -> this.http2.writer()
			.writePushPromise(this.http2.context(), this.stream, 2, promised, 0, promise));
	}

	// A header block that never ends
	Mono<Void> continuations(int frames) {
		return connection().send((promise) -> {
			ByteBuf flood = frame(1, HEADERS, 0, this.stream, STATUS_200);
			for (int number = 0; number < frames; number++) {
				flood.writeMedium(0).writeByte(CONTINUATION).writeByte(0).writeInt(this.stream);
			}
			return this.http2.context().write(flood, promise);
		});
	}

	Mono<Void> frame(int type, int flags, int stream, String payload) {
		return raw(payload.length(), type, flags, stream, payload);
	}

	Mono<Void> oversizedFrame() {
		return raw(LONGEST_FRAME, 0, 0, this.stream, "x");
	}

	private Mono<Void> raw(int length, int type, int flags, int stream, String payload) {
		return connection()
			.send((promise) -> this.http2.context().write(frame(length, type, flags, stream, payload), promise));
	}

	private ByteBuf frame(int length, int type, int flags, int stream, String payload) {
		ByteBuf frame = this.http2.context().alloc().buffer();
		frame.writeMedium(length).writeByte(type).writeByte(flags).writeInt(stream);
		payload.chars().forEach(frame::writeByte);
		return frame;
	}

	private Mono<Void> headers(Http2Headers headers, boolean last) {
		return connection().send((promise) -> this.http2.writer()
			.writeHeaders(this.http2.context(), this.stream, headers, 0, last, promise));
	}

	private Mono<Void> data(String text, boolean last) {
		return data(text.getBytes(StandardCharsets.UTF_8), last);
	}

	private Mono<Void> data(byte[] data, boolean last) {
		return Mono.defer(() -> connection().send((promise) -> this.http2.writer()
			.writeData(this.http2.context(), this.stream, Unpooled.wrappedBuffer(data), 0, last, promise)));
	}

	private static Http2Headers headers(int status, Map<String, String> header) {
		Http2Headers headers = new DefaultHttp2Headers(false).status(Integer.toString(status));
		header.forEach(headers::add);
		return headers;
	}

}
