package dev.connpool.testing;

import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Speaks HTTP/1.1, as text.
 */
final class Http1Exchange extends ServerExchange {

	private final ChannelHandlerContext context;

	Http1Exchange(ScriptedConnection connection, ChannelHandlerContext context, String method, String uri) {
		super(connection, method, uri);
		this.context = context;
	}

	@Override
	Mono<Void> answer(int status, Map<String, String> header, byte[] body) {
		boolean declared = status == 204 || header.containsKey("content-length");
		String length = declared ? "" : "content-length: " + body.length + "\r\n";
		return send(statusLine(status) + fields(header) + length + "\r\n", allowed(status, body))
			.then(answered(status, header));
	}

	@Override
	Mono<Void> interim(int status, Map<String, String> header) {
		return text(statusLine(status) + fields(header) + "\r\n");
	}

	@Override
	Mono<Void> header() {
		return text(statusLine(200) + "transfer-encoding: chunked\r\n\r\n");
	}

	@Override
	Mono<Void> part(String text) {
		return text(Integer.toHexString(ByteBufUtil.utf8Bytes(text)) + "\r\n" + text + "\r\n");
	}

	@Override
	Mono<Void> end() {
		return text("0\r\n\r\n").then(answered(200));
	}

	@Override
	Mono<Void> halfAHeader() {
		return text(statusLine(200) + "content-len");
	}

	@Override
	Mono<Void> malformedStatus() {
		return text("HTTP/1.1 two hundred\r\ncontent-length: 0\r\n\r\n");
	}

	@Override
	Mono<Void> malformedHeader() {
		return text(statusLine(200) + "bad\0name: value\r\ncontent-length: 0\r\n\r\n");
	}

	Mono<Void> unknownTransferCoding() {
		return text(statusLine(200) + "transfer-encoding: unknown\r\n\r\nscripted");
	}

	Mono<Void> dripHeader(Duration pause) {
		return Flux.fromArray((statusLine(200) + "x-drip: " + "drop".repeat(1000)).split(""))
			.concatMap(
					(character) -> Mono.delay(pause, connection().scheduler()).then(Mono.defer(() -> text(character))))
			.then();
	}

	Mono<Void> text(String text) {
		return send(text);
	}

	private Mono<Void> send(String text, byte... body) {
		return connection().send((promise) -> this.context
			.write(ByteBufUtil.writeUtf8(this.context.alloc(), text).writeBytes(body), promise));
	}

	private static String statusLine(int status) {
		return "HTTP/1.1 " + status + " Scripted\r\n";
	}

	private static String fields(Map<String, String> header) {
		return header.entrySet()
			.stream()
			.map((field) -> field.getKey() + ": " + field.getValue() + "\r\n")
			.collect(Collectors.joining());
	}

}
