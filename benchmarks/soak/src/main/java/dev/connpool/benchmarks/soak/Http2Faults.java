package dev.connpool.benchmarks.soak;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;

/**
 * Answers one stream of HTTP/2 with what the request asks for.
 */
final class Http2Faults extends ChannelInboundHandlerAdapter {

	private static final int PARTS = 5;

	/** The highest stream that was acted on. */
	private static final AttributeKey<Integer> HIGHEST = AttributeKey.valueOf("soak.highest");

	private final Ledger ledger;

	private Query query;

	private boolean post;

	Http2Faults(Ledger ledger) {
		this.ledger = ledger;
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		boolean end = false;
		if (message instanceof Http2HeadersFrame headers) {
			this.query = Query.parse(headers.headers().path());
			this.post = HttpMethod.POST.asciiName().contentEquals(headers.headers().method());
			end = headers.isEndStream();
		}
		else if (message instanceof Http2DataFrame data) {
			end = data.isEndStream();
		}
		ReferenceCountUtil.release(message);
		if (end) {
			answer(context);
		}
	}

	private void answer(ChannelHandlerContext context) {
		Fault fault = this.query.fault();
		this.ledger.arrived(this.query, this.post);
		Channel connection = context.channel().parent();
		if (fault.isActedOn()) {
			connection.attr(HIGHEST).set(Math.max(highest(connection), id(context)));
		}
		byte[] body = Body.sent(fault, this.query.id(), this.query.size());
		switch (fault) {
			case SILENCE -> {
				// Until the client resets the stream.
			}
			case CLOSE_BEFORE_RESPONSE -> connection.close();
			case RESET_BEFORE_RESPONSE -> abort(connection);
			case RESET_IN_HEAD -> reset(context, Http2Error.INTERNAL_ERROR);
			case CLOSE_IN_BODY -> half(context, fault, body).addListener((done) -> connection.close());
			case RESET_IN_BODY ->
				half(context, fault, body).addListener((done) -> reset(context, Http2Error.INTERNAL_ERROR));
			case STALLED_BODY -> half(context, fault, body);
			case SLOW_BODY -> {
				head(context, fault);
				part(context, body, 0);
			}
			case LAST_ON_CONNECTION -> {
				goAway(context);
				whole(context, fault, body);
			}
			case IGNORED_BY_GOAWAY -> ignore(context);
			case REFUSED -> reset(context, Http2Error.REFUSED_STREAM);
			default -> whole(context, fault, body);
		}
	}

	private static void whole(ChannelHandlerContext context, Fault fault, byte[] body) {
		head(context, fault);
		context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
	}

	private static ChannelFuture half(ChannelHandlerContext context, Fault fault, byte[] body) {
		head(context, fault);
		return context
			.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(Arrays.copyOf(body, body.length / 2))));
	}

	private static void head(ChannelHandlerContext context, Fault fault) {
		Http2Headers headers = new DefaultHttp2Headers().status("200");
		if (fault.isCoded()) {
			headers.set("content-encoding", "gzip");
		}
		context.writeAndFlush(new DefaultHttp2HeadersFrame(headers));
	}

	private static void part(ChannelHandlerContext context, byte[] body, int number) {
		int from = body.length * number / PARTS;
		int to = body.length * (number + 1) / PARTS;
		boolean last = number + 1 == PARTS;
		context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body, from, to - from), last));
		if (!last) {
			context.executor().schedule(() -> part(context, body, number + 1), 50, TimeUnit.MILLISECONDS);
		}
	}

	private static void reset(ChannelHandlerContext context, Http2Error error) {
		context.writeAndFlush(new DefaultHttp2ResetFrame(error));
	}

	/** Say that the streams until now are served, and no others. */
	private static void goAway(ChannelHandlerContext context) {
		context.channel().parent().writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
	}

	/** Say that this stream and those after it were not processed, if that is true. */
	private static void ignore(ChannelHandlerContext context) {
		Channel connection = context.channel().parent();
		int stream = id(context);
		if (highest(connection) > stream) {
			reset(context, Http2Error.REFUSED_STREAM);
			return;
		}
		ChannelHandlerContext codec = connection.pipeline().context(Http2FrameCodec.class);
		((Http2FrameCodec) codec.handler()).encoder()
			.writeGoAway(codec, Math.max(0, stream - 2), Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER,
					codec.newPromise());
		codec.flush();
	}

	private static int id(ChannelHandlerContext context) {
		return ((Http2StreamChannel) context.channel()).stream().id();
	}

	private static int highest(Channel connection) {
		Integer highest = connection.attr(HIGHEST).get();
		return (highest != null) ? highest : 0;
	}

	private static void abort(Channel connection) {
		connection.config().setOption(ChannelOption.SO_LINGER, 0);
		connection.unsafe().close(connection.unsafe().voidPromise());
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		context.close();
	}

}
