package dev.connpool.testing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2FrameWriter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Settings;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/2 frames for a scripted server. It keeps to Netty's codec for single frames
 * and to no rules about their order, which a script may want to break. Header compression
 * keeps no state, so that a lost header block spoils no other.
 */
final class Http2Connection extends ByteToMessageDecoder {

	private static final int STREAMS = 1000;

	private final ScriptedConnection connection;

	private final String scheme;

	private final Http2FrameReader reader = new DefaultHttp2FrameReader();

	private final Http2FrameWriter writer = new DefaultHttp2FrameWriter(
			new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.ALWAYS_SENSITIVE));

	private final Map<Integer, Http2Exchange> streams = new HashMap<>();

	private final Frames frames = new Frames();

	private @Nullable ChannelHandlerContext context;

	private boolean prefaced;

	private boolean greeted;

	private boolean ignoresPings;

	private int lastStream = Integer.MAX_VALUE;

	Http2Connection(ScriptedConnection connection, String scheme) {
		this.connection = connection;
		this.scheme = scheme;
	}

	ChannelHandlerContext context() {
		return Objects.requireNonNull(this.context);
	}

	Http2FrameWriter writer() {
		return this.writer;
	}

	String scheme() {
		return this.scheme;
	}

	void greeted() {
		this.greeted = true;
	}

	void ignorePings() {
		this.ignoresPings = true;
	}

	/**
	 * Ignore the streams beyond one, as GOAWAY says.
	 * @param last the last stream not to ignore
	 */
	void leave(int last) {
		this.lastStream = last;
		List.copyOf(this.streams.keySet()).stream().filter((stream) -> stream > last).forEach(this::closed);
	}

	void closed(int stream) {
		if (this.streams.remove(stream) != null) {
			this.connection.log().streamClosed();
		}
	}

	/** After a TLS handshake. */
	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
		if (this.connection.isSecure()) {
			open();
		}
	}

	/** Without one. */
	@Override
	public void channelActive(ChannelHandlerContext context) {
		open();
	}

	private void open() {
		Http2Exchange self = new Http2Exchange(this.connection, this, 0, "", "");
		this.connection.opened(self, () -> {
			if (!this.greeted) {
				self.settings(STREAMS).subscribe(null, this.connection::failed);
			}
		});
	}

	@Override
	protected void handlerRemoved0(ChannelHandlerContext context) {
		List.copyOf(this.streams.values()).forEach(Http2Exchange::abandoned);
		List.copyOf(this.streams.keySet()).forEach(this::closed);
		this.reader.close();
		this.writer.close();
	}

	@Override
	protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Http2Exception {
		if (this.prefaced) {
			this.reader.readFrame(context, in, this.frames);
			return;
		}
		ByteBuf preface = Http2CodecUtil.connectionPrefaceBuf();
		if (in.readableBytes() >= preface.readableBytes()) {
			if (!ByteBufUtil.equals(preface, 0, in, in.readerIndex(), preface.readableBytes())) {
				throw Http2Exception.connectionError(Http2Error.PROTOCOL_ERROR, "No preface");
			}
			in.skipBytes(preface.readableBytes());
			this.prefaced = true;
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		this.connection.event("failed: " + cause);
		context.close();
	}

	private final class Frames extends Http2FrameAdapter {

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int stream, Http2Headers headers, int padding,
				boolean last) {
			Http2Exchange exchange = Http2Connection.this.streams.get(stream);
			if (exchange == null && stream > Http2Connection.this.lastStream) {
				Http2Connection.this.connection.event("ignored stream " + stream);
				return;
			}
			if (exchange == null) {
				exchange = open(stream, headers);
			}
			if (last) {
				exchange.received();
			}
		}

		@Override
		public void onHeadersRead(ChannelHandlerContext context, int stream, Http2Headers headers, int dependency,
				short weight, boolean exclusive, int padding, boolean last) {
			onHeadersRead(context, stream, headers, padding, last);
		}

		private Http2Exchange open(int stream, Http2Headers headers) {
			Http2Exchange exchange = new Http2Exchange(Http2Connection.this.connection, Http2Connection.this, stream,
					String.valueOf(headers.method()), String.valueOf(headers.path()));
			Http2Connection.this.streams.put(stream, exchange);
			Http2Connection.this.connection.log().streamOpened();
			exchange.arrived();
			return exchange;
		}

		@Override
		public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean last) {
			int size = data.readableBytes() + padding;
			Http2Connection.this.connection.log().bodyReceived(data.readableBytes());
			Http2Exchange exchange = Http2Connection.this.streams.get(stream);
			if (last && exchange != null) {
				exchange.received();
			}
			if (size > 0) {
				reply(() -> {
					writer().writeWindowUpdate(context, 0, size, context.newPromise());
					if (!last) {
						writer().writeWindowUpdate(context, stream, size, context.newPromise());
					}
				});
			}
			return size;
		}

		@Override
		public void onSettingsRead(ChannelHandlerContext context, Http2Settings settings) {
			reply(() -> writer().writeSettingsAck(context, context.newPromise()));
		}

		@Override
		public void onPingRead(ChannelHandlerContext context, long data) {
			Http2Connection.this.connection.log().pingReceived();
			Http2Connection.this.connection.event("received PING");
			if (!Http2Connection.this.ignoresPings) {
				reply(() -> writer().writePing(context, true, data, context.newPromise()));
			}
		}

		@Override
		public void onRstStreamRead(ChannelHandlerContext context, int stream, long code) {
			Http2Connection.this.connection.log().resetReceived(code);
			Http2Connection.this.connection
				.event("received RST_STREAM %s on stream %d".formatted(Http2Error.valueOf(code), stream));
			Http2Exchange exchange = Http2Connection.this.streams.get(stream);
			if (exchange != null) {
				exchange.abandoned();
				closed(stream);
			}
		}

		@Override
		public void onGoAwayRead(ChannelHandlerContext context, int lastStream, long code, ByteBuf debug) {
			Http2Connection.this.connection.log().goAwayReceived(code);
			Http2Connection.this.connection.event("received GOAWAY " + Http2Error.valueOf(code));
		}

		private void reply(Runnable write) {
			if (!Http2Connection.this.connection.isSilent()) {
				write.run();
				context().flush();
			}
		}

	}

}
