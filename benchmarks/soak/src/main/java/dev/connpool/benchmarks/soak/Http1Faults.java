package dev.connpool.benchmarks.soak;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;

/**
 * Answers HTTP/1.1, byte by byte, with what the request asks for.
 */
final class Http1Faults extends SimpleChannelInboundHandler<FullHttpRequest> {

	private static final int PARTS = 5;

	private static final String EVIL = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-Evil: 1\r\n\r\nevil";

	private final Ledger ledger;

	Http1Faults(Ledger ledger) {
		this.ledger = ledger;
	}

	@Override
	protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
		Query query = Query.parse(request.uri());
		this.ledger.arrived(query, HttpMethod.POST.equals(request.method()));
		byte[] body = Body.sent(query.fault(), query.id(), query.size());
		String head = head(query.fault(), body.length);
		switch (query.fault()) {
			case SILENCE -> {
				// Until the client closes.
			}
			case CLOSE_BEFORE_RESPONSE -> context.close();
			case RESET_BEFORE_RESPONSE -> reset(context);
			case RESET_IN_HEAD -> then(write(context, head.substring(0, head.length() / 2)), Http1Faults::reset);
			case CLOSE_IN_BODY -> half(context, head, body).addListener(ChannelFutureListener.CLOSE);
			case RESET_IN_BODY -> then(half(context, head, body), Http1Faults::reset);
			case STALLED_BODY -> half(context, head, body);
			case SLOW_BODY -> {
				write(context, head);
				part(context, body, 0);
			}
			case LEFTOVER -> whole(context, head, body, "HTTP/1.1 200 OK\r\nContent-Le");
			case SECOND_RESPONSE -> whole(context, head, body, EVIL);
			case LAST_ON_CONNECTION -> whole(context, head, body, "").addListener(ChannelFutureListener.CLOSE);
			default -> whole(context, head, body, "");
		}
	}

	private static String head(Fault fault, int length) {
		return "HTTP/1.1 200 OK\r\n%s%sContent-Length: %d\r\n\r\n".formatted(
				fault.isCoded() ? "Content-Encoding: gzip\r\n" : "",
				(fault == Fault.LAST_ON_CONNECTION) ? "Connection: close\r\n" : "", length);
	}

	private static ChannelFuture whole(ChannelHandlerContext context, String head, byte[] body, String rest) {
		return context.writeAndFlush(Unpooled.wrappedBuffer(bytes(head), Unpooled.wrappedBuffer(body), bytes(rest)));
	}

	private static ChannelFuture half(ChannelHandlerContext context, String head, byte[] body) {
		return whole(context, head, Arrays.copyOf(body, body.length / 2), "");
	}

	private static ChannelFuture write(ChannelHandlerContext context, String text) {
		return context.writeAndFlush(bytes(text));
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
	}

	private static void part(ChannelHandlerContext context, byte[] body, int number) {
		int from = body.length * number / PARTS;
		int to = body.length * (number + 1) / PARTS;
		context.writeAndFlush(Unpooled.wrappedBuffer(body, from, to - from));
		if (number + 1 < PARTS) {
			context.executor().schedule(() -> part(context, body, number + 1), 50, TimeUnit.MILLISECONDS);
		}
	}

	private static void then(ChannelFuture written, Consumer<ChannelHandlerContext> next) {
		written.addListener((done) -> next.accept(written.channel().pipeline().lastContext()));
	}

	private static void reset(ChannelHandlerContext context) {
		context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
		context.channel().unsafe().close(context.channel().unsafe().voidPromise());
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

}
