package dev.connpool.pool.exchange;

import java.util.zip.DataFormatException;

import dev.connpool.pool.connection.MessageStream;
import dev.connpool.pool.content.DecodedContent;
import dev.connpool.pool.host.CloseReason;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Decodes what a stream carries for the reader of one response. No more is decoded than
 * that asks for, since little can become very much; the stream is not read meanwhile.
 * Only used on the event loop of the connection.
 */
final class BodyDecoder implements Runnable {

	private final DirectExchange exchange;

	private final MessageStream stream;

	private final DecodedContent content;

	private State state = State.IDLE;

	private boolean wanted = true;

	BodyDecoder(DirectExchange exchange, MessageStream stream, DecodedContent content) {
		this.exchange = exchange;
		this.stream = stream;
		this.content = content;
	}

	/**
	 * Take a part as it was received.
	 * @param part the part
	 */
	void add(ByteBuf part) {
		if (this.state == State.OVER) {
			part.release();
			return;
		}
		this.content.add(part);
		decode();
	}

	/**
	 * Note that there are no more parts.
	 */
	void complete() {
		if (this.state != State.OVER) {
			this.content.complete();
			decode();
		}
	}

	/**
	 * Decode more, or no more for now.
	 * @param more whether the reader waits for more
	 */
	void read(boolean more) {
		this.wanted = more;
		decode();
	}

	private void decode() {
		if (this.state != State.IDLE) {
			return;
		}
		this.state = State.DECODING;
		try {
			turn();
		}
		catch (DataFormatException ex) {
			release();
			this.exchange.abort(ContentDecoder.error(this.exchange.host(), this.content, ex),
					CloseReason.PROTOCOL_ERROR);
		}
		catch (RuntimeException | Error ex) {
			// Nobody else would tell the reader, as this also runs for itself.
			release();
			this.exchange.failed(ex);
		}
	}

	private void turn() throws DataFormatException {
		int left = ContentDecoder.TURN;
		@Nullable ByteBuf part = null;
		do {
			part = this.wanted ? this.content.next(this.stream.alloc()) : null;
			if (part != null) {
				left -= part.readableBytes();
				this.exchange.decoded(part);
			}
		}
		while (part != null && left > 0 && this.state == State.DECODING);
		if (this.state == State.DECODING) {
			rest(part != null);
		}
	}

	private void rest(boolean more) {
		if (more) {
			// Others have their turn.
			this.state = State.PAUSED;
			this.stream.read(false);
			this.exchange.eventLoop().execute(this);
		}
		else if (this.content.isEnded()) {
			release();
			this.exchange.decoded();
		}
		else {
			this.state = State.IDLE;
			// What is kept here is decoded first.
			this.stream.read(this.wanted);
		}
	}

	@Override
	public void run() {
		if (this.state == State.PAUSED) {
			this.state = State.IDLE;
			decode();
		}
	}

	/**
	 * Decode nothing any more.
	 */
	void release() {
		if (this.state != State.OVER) {
			this.state = State.OVER;
			this.content.release();
		}
	}

	/**
	 * What this is doing.
	 */
	private enum State {

		IDLE, DECODING,

		/** There is more to decode, in a later turn of the event loop. */
		PAUSED,

		OVER

	}

}
