package dev.connpool.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * A scripted server's end of one connection.
 */
public final class RawConnection implements AutoCloseable {

	private final Socket socket;

	RawConnection(Socket socket) {
		this.socket = socket;
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

	public void write(String text) throws IOException {
		this.socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		this.socket.getOutputStream().flush();
	}

	/** Do nothing until the gate opens. */
	public void waitFor(Gate gate) {
		gate.await();
	}

	/** Read and forget until the client closes. */
	public void awaitClose() throws IOException {
		this.socket.getInputStream().transferTo(OutputStream.nullOutputStream());
	}

	/** Close with a TCP reset. */
	public void reset() throws IOException {
		this.socket.setSoLinger(true, 0);
		this.socket.close();
	}

	@Override
	public void close() throws IOException {
		this.socket.close();
	}

}
