package dev.connpool.testing;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;

/**
 * One socket without an opinion: it writes requests and shows what it read, HTTP/2 frames
 * one a line, so that a test sees what really is on the wire.
 */
final class PlainClient implements AutoCloseable {

	/** The last line when the server closed the connection. */
	static final String FIN = "FIN";

	/** The last line when the server reset the connection. */
	static final String RST = "RST";

	/** The last line when the server sent nothing for a while. */
	static final String SILENCE = "SILENCE";

	private static final int PATIENCE_MILLIS = 250;

	private static final int FRAME_HEADER = 9;

	private final Wire wire;

	private final Socket socket;

	private final ByteBuf unread = Unpooled.buffer();

	private final StringBuilder shown = new StringBuilder();

	private int stream = -1;

	PlainClient(Wire wire, ObservedServer server) throws IOException {
		this.wire = wire;
		this.socket = wire.scheme().equals("https") ? secure(server) : new Socket(ObservedServer.HOST, server.port());
		this.socket.setSoTimeout(PATIENCE_MILLIS);
		if (wire.multiplexed()) {
			write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").frame(4, 0, 0, "");
		}
	}

	private Socket secure(ObservedServer server) throws IOException {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, TestCertificate.LOOPBACK.trustManagers().getTrustManagers(), null);
			SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(ObservedServer.HOST, server.port());
			SSLParameters parameters = secure.getSSLParameters();
			parameters.setApplicationProtocols(
					this.wire.multiplexed() ? new String[] { this.wire.protocol() } : new String[0]);
			secure.setSSLParameters(parameters);
			secure.startHandshake();
			return secure;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Send a request without a body. */
	PlainClient get() throws IOException {
		this.stream += 2;
		return this.wire.multiplexed() ? frame(1, 5, this.stream, header("\u0082"))
				: write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
	}

	/** Send the header of a request whose body has four bytes. */
	PlainClient post() throws IOException {
		this.stream += 2;
		return this.wire.multiplexed() ? frame(1, 4, this.stream, header("\u0083"))
				: write("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\n");
	}

	/** Send that body. */
	PlainClient body() throws IOException {
		return this.wire.multiplexed() ? frame(0, 1, this.stream, "body") : write("body");
	}

	/** Send an HTTP/2 frame. */
	PlainClient frame(int type, int flags, int number, String payload) throws IOException {
		return write(
				"\0\0" + (char) payload.length() + (char) type + (char) flags + "\0\0\0" + (char) number + payload);
	}

	PlainClient write(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		return this;
	}

	/** Method, http, and the path /, all from the static table of HPACK. */
	private static String header(String method) {
		return method + "\u0086\u0084";
	}

	/** All that was read once the server has no more to say. */
	String read() throws IOException {
		return read(" never ");
	}

	/** All that was read once it contains a text, at the latest when there is no more. */
	String read(String end) throws IOException {
		byte[] bytes = new byte[64 * 1024];
		try {
			while (this.shown.indexOf(end) < 0) {
				int read = this.socket.getInputStream().read(bytes);
				if (read < 0) {
					return this.shown + FIN;
				}
				this.unread.writeBytes(bytes, 0, read);
				show();
			}
			return this.shown.toString();
		}
		catch (SocketTimeoutException ex) {
			return this.shown + SILENCE;
		}
		catch (SocketException ex) {
			return this.shown + RST;
		}
	}

	/** The bytes of a frame that is not complete. */
	byte[] unread() {
		return ByteBufUtil.getBytes(this.unread);
	}

	private void show() throws IOException {
		if (!this.wire.multiplexed()) {
			this.shown.append(this.unread.readCharSequence(this.unread.readableBytes(), StandardCharsets.UTF_8));
		}
		while (this.wire.multiplexed() && this.unread.readableBytes() >= FRAME_HEADER) {
			ByteBuf frame = this.unread.slice();
			int length = frame.readUnsignedMedium();
			if (frame.readableBytes() < length + FRAME_HEADER - 3) {
				return;
			}
			show(frame.readByte(), frame.readByte(), frame.readInt(), frame.readSlice(length));
			this.unread.skipBytes(FRAME_HEADER + length);
		}
	}

	private void show(int type, int flags, int number, ByteBuf payload) throws IOException {
		String content = switch (type) {
			case 0 -> "DATA " + payload.toString(StandardCharsets.UTF_8);
			case 1 -> ((flags & 4) != 0) ? "HEADERS " + decode(number, payload) : "HEADERS unfinished";
			case 3 -> "RST_STREAM " + Http2Error.valueOf(payload.readInt());
			case 4 -> ((flags & 1) != 0) ? "SETTINGS acknowledged" : settings(payload);
			case 5 -> "PUSH_PROMISE " + payload.readInt();
			case 6 -> "PING " + (((flags & 1) != 0) ? "acknowledged" : "");
			case 7 -> "GOAWAY after " + payload.readInt() + " " + Http2Error.valueOf(payload.readInt());
			case 8 -> "WINDOW_UPDATE " + payload.readInt();
			case 9 -> "CONTINUATION " + payload.readableBytes();
			default -> throw new IOException("Unknown frame " + type);
		};
		boolean last = type < 2 && (flags & 1) != 0;
		this.shown.append(number).append(' ').append(content).append(last ? " END" : "").append('\n');
	}

	private static String settings(ByteBuf payload) {
		StringBuilder settings = new StringBuilder("SETTINGS");
		while (payload.isReadable()) {
			settings.append(' ').append(payload.readShort()).append('=').append(payload.readInt());
		}
		return settings.toString();
	}

	private static String decode(int number, ByteBuf payload) throws IOException {
		try {
			return new DefaultHttp2HeadersDecoder(false).decodeHeaders(number, payload).toString();
		}
		catch (Http2Exception ex) {
			throw new IOException(ex);
		}
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
