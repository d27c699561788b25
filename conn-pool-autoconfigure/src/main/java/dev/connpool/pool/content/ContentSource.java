package dev.connpool.pool.content;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;

/**
 * The content of a message, of which no more is made than somebody reads.
 */
public interface ContentSource {

	/** There is nothing to read until more is received. */
	int WAITING = 0;

	/** There is nothing more. */
	int END = -1;

	/**
	 * Read what there is.
	 * @param into where to put it; has room
	 * @return how many bytes were read, {@link #WAITING} or {@link #END}
	 * @throws DataFormatException if the content is not what its coding promises
	 */
	int read(ByteBuffer into) throws DataFormatException;

	/**
	 * Release what has not been read.
	 */
	void release();

}
