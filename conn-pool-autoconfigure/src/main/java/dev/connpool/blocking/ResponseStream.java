package dev.connpool.blocking;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;

/**
 * The body of a response as it is read: by one thread at a time, while any may close it.
 */
final class ResponseStream extends InputStream {

	private final BlockingCall call;

	private final ResponseParts parts;

	/** What is being read. */
	private Part current;

	private int position;

	private volatile boolean closed;

	ResponseStream(BlockingCall call, ResponseParts parts) {
		this.call = call;
		this.parts = parts;
		this.current = parts.beginning();
	}

	@Override
	public int read() throws IOException {
		return fill() ? this.current.bytes()[this.position++] & 0xff : -1;
	}

	@Override
	public int read(byte[] target, int offset, int count) throws IOException {
		Objects.checkFromIndexSize(offset, count, target.length);
		if (count == 0) {
			return 0;
		}
		if (!fill()) {
			return -1;
		}
		int read = Math.min(count, remaining());
		System.arraycopy(this.current.bytes(), this.position, target, offset, read);
		this.position += read;
		return read;
	}

	@Override
	public byte[] readAllBytes() throws IOException {
		if (!fill()) {
			return new byte[0];
		}
		Part next = this.current.next();
		if (next == null || !next.isLast() || next.error() != null) {
			return super.readAllBytes();
		}
		// Most bodies are one part, which needs no other array to grow in.
		byte[] all = new byte[remaining()];
		System.arraycopy(this.current.bytes(), this.position, all, 0, all.length);
		this.position += all.length;
		return all;
	}

	@Override
	public long skip(long count) throws IOException {
		long left = count;
		while (left > 0 && fill()) {
			int skipped = (int) Math.min(left, remaining());
			this.position += skipped;
			left -= skipped;
		}
		return Math.max(count, 0) - Math.max(left, 0);
	}

	@Override
	public long transferTo(OutputStream out) throws IOException {
		long transferred = 0;
		while (fill()) {
			int count = remaining();
			out.write(this.current.bytes(), this.position, count);
			this.position += count;
			transferred += count;
		}
		return transferred;
	}

	@Override
	public int available() throws IOException {
		assertOpen();
		int remaining = remaining();
		Part next = this.current.next();
		return (remaining == 0 && next != null) ? next.bytes().length : remaining;
	}

	private int remaining() {
		return this.current.bytes().length - this.position;
	}

	/**
	 * Have something to read, waiting for it.
	 * @return whether there is anything before the end
	 */
	private boolean fill() throws IOException {
		Parking.assertMayBlock();
		assertOpen();
		while (this.position == this.current.bytes().length && !this.current.isLast()) {
			Part next = next();
			this.current = next;
			this.position = 0;
			if (!next.isLast()) {
				this.parts.taken(next);
			}
		}
		if (!this.current.isLast()) {
			return true;
		}
		Throwable error = this.current.error();
		if (error != null) {
			throw Errors.of(error);
		}
		return false;
	}

	private Part next() throws IOException {
		Part before = this.current;
		Part next = before.next();
		if (next == null) {
			await(before);
			assertOpen();
			next = Objects.requireNonNull(before.next());
		}
		return next;
	}

	private void await(Part before) throws InterruptedIOException {
		try {
			this.call.parking().await(() -> this.closed || before.next() != null);
		}
		catch (InterruptedIOException ex) {
			close();
			throw this.call.interrupted("it read the response body");
		}
	}

	private void assertOpen() throws IOException {
		if (this.closed) {
			throw new IOException("The response is closed");
		}
	}

	@Override
	public void close() {
		if (!this.closed) {
			this.closed = true;
			this.parts.cancel();
			this.call.parking().wake();
		}
	}

}
