package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * The content of one response, decoded part by part: no more than somebody asks for.
 */
public final class DecodedContent {

	/** As large as the parts that are received. */
	public static final int PART = 8 * 1024;

	private final List<ContentCoding> codings;

	private final ReceivedContent received = new ReceivedContent();

	private final ContentSource content;

	private boolean complete;

	private boolean ended;

	/**
	 * Create content of which nothing has been received.
	 * @param codings the codings in the order in which they were applied
	 */
	public DecodedContent(List<ContentCoding> codings) {
		this.codings = codings;
		ContentSource content = this.received;
		for (int last = codings.size() - 1; last >= 0; last--) {
			content = codings.get(last).decode(content);
		}
		this.content = content;
	}

	/**
	 * Add a part as it was received.
	 * @param part the part, released when it has been decoded
	 */
	public void add(ByteBuf part) {
		this.received.add(part);
	}

	/**
	 * Note that there are no more parts.
	 */
	public void complete() {
		this.complete = true;
		this.received.complete();
	}

	/**
	 * Return whether all parts were received.
	 * @return whether {@link #complete()} was called
	 */
	public boolean isComplete() {
		return this.complete;
	}

	/**
	 * Decode a part.
	 * @param allocator makes the buffer
	 * @return the part, or {@code null} if there is none until more is received
	 * @throws DataFormatException if the content is not what its coding promises
	 */
	public @Nullable ByteBuf next(ByteBufAllocator allocator) throws DataFormatException {
		ByteBuf part = allocator.buffer(PART);
		int decoded = ContentSource.WAITING;
		try {
			ByteBuffer room = part.nioBuffer(0, PART);
			decoded = this.content.read(room);
			this.ended = decoded == ContentSource.END && this.complete;
			return (decoded > 0) ? part.writerIndex(decoded).retain() : null;
		}
		finally {
			part.release();
		}
	}

	/**
	 * Return whether all has been decoded.
	 * @return whether there will be no other part
	 */
	public boolean isEnded() {
		return this.ended;
	}

	/**
	 * Release what has not been decoded.
	 */
	public void release() {
		this.content.release();
	}

	/**
	 * Name the codings.
	 * @return the names, as a header would
	 */
	@Override
	public String toString() {
		return this.codings.stream().map(ContentCoding::toString).collect(Collectors.joining(", "));
	}

}
