package dev.connpool.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import javax.net.ssl.SSLSocket;

import org.jspecify.annotations.Nullable;

/**
 * A scripted server's end of one connection.
 */
public final class RawConnection implements AutoCloseable {

	/** What follows the blank line in the preface of HTTP/2. */
	private static final String PREFACE_END = "SM\r\n\r\n";

	private static final int LITTLE = 4096;

	private final Socket transport;

	private final Socket socket;

	private boolean prefaceRead;

	RawConnection(Socket transport, Socket socket) {
		this.transport = transport;
		this.socket = socket;
	}

	/**
	 * Do the TLS handshake now, if there is one, and not with what is read or written
	 * first.
	 */
	public void handshake() throws IOException {
		if (this.socket instanceof SSLSocket secured) {
			secured.startHandshake();
		}
	}

	/** Read up to the end of a request's header, or {@code null} if the client closed. */
	public @Nullable String readHead() throws IOException {
		StringBuilder head = new StringBuilder();
		InputStream input = this.socket.getInputStream();
		while (head.indexOf("\r\n\r\n") < 0) {
			int read = input.read();
			if (read < 0) {
				return null;
			}
			head.append((char) read);
		}
		return head.toString();
	}

	/** Read HTTP/2 frames up to one of a type, and return its payload. */
	public ByteBuffer readFrame(int type) throws IOException {
		RawFrame frame = readFrame();
		while (frame.type() != type) {
			frame = readFrame();
		}
		return frame.payload();
	}

	/** Read the next HTTP/2 frame. The head of the preface has been read. */
	public RawFrame readFrame() throws IOException {
		DataInputStream input = new DataInputStream(this.socket.getInputStream());
		if (!this.prefaceRead) {
			input.readFully(new byte[PREFACE_END.length()]);
			this.prefaceRead = true;
		}
		int lengthAndType = input.readInt();
		int flags = input.readUnsignedByte();
		int stream = input.readInt();
		byte[] payload = new byte[lengthAndType >>> 8];
		input.readFully(payload);
		return new RawFrame(lengthAndType & 0xff, flags, stream, ByteBuffer.wrap(payload));
	}

	/** Begin to speak HTTP/2, with these SETTINGS. */
	public void acceptHttp2(String settings) throws IOException {
		readHead();
		write(RawFrame.of(RawFrame.SETTINGS, 0, 0, settings));
	}

	public void write(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.socket.getOutputStream().flush();
	}

	/** Write the same again and again, until the client closes. */
	public void repeat(String text, Duration pause) throws IOException {
		while (true) {
			pause(pause);
			write(text);
		}
	}

	/** Do nothing for a while. */
	public void pause(Duration time) {
		LockSupport.parkNanos(time.toNanos());
	}

	/** Write below TLS, if there is any. */
	public void writeUnsecured(String text) throws IOException {
		this.transport.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	/** Do nothing until the gate opens. */
	public void waitFor(Gate gate) {
		gate.await();
	}

	/** Let the client send little that is not read. */
	public void takeLittle() throws IOException {
		this.socket.setReceiveBufferSize(LITTLE);
	}

	/** Read and forget until the client closes. */
	public void awaitClose() throws IOException {
		this.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	/** Send a FIN, and go on reading. */
	public void finish() throws IOException {
		this.socket.shutdownOutput();
	}

	/** Send a FIN, over TLS without close_notify, and go on reading. */
	public void cut() throws IOException {
		this.transport.shutdownOutput();
	}

	/** Close with a TCP reset. */
	public void reset() throws IOException {
		this.transport.setSoLinger(true, 0);
		this.transport.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
