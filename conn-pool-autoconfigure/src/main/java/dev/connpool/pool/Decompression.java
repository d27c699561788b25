package dev.connpool.pool;

import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpContentDecompressor;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import reactor.netty.NettyPipeline;

/**
 * Puts Netty's decompressor into the pipeline of the first response that needs one. Most
 * need none, and it is not for free.
 */
final class Decompression {

	private Decompression() {
	}

	/**
	 * Prepare for a response, of which nothing has been passed on yet.
	 * @param pipeline the pipeline of the response
	 * @param before the handler to be followed by the decompressor
	 * @param response the head of the response
	 * @param exchange says whether the caller wants it decompressed
	 */
	static void prepare(ChannelPipeline pipeline, String before, HttpResponse response, Exchange exchange) {
		if (!exchange.config.isAcceptGzip() || !isEncoded(response.headers())) {
			return;
		}
		if (pipeline.get(NettyPipeline.HttpDecompressor) == null) {
			pipeline.addAfter(before, NettyPipeline.HttpDecompressor, new HttpContentDecompressor(false, 0));
		}
	}

	private static boolean isEncoded(HttpHeaders headers) {
		if (headers.contains(HttpHeaderNames.CONTENT_ENCODING)) {
			return true;
		}
		String transfer = headers.get(HttpHeaderNames.TRANSFER_ENCODING);
		return transfer != null && !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(transfer);
	}

}
