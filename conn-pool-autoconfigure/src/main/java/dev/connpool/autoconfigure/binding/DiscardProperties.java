package dev.connpool.autoconfigure.binding;

import java.time.Duration;

import dev.connpool.settings.DiscardSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * What can be written about the rest of a response that is no longer read.
 *
 * @param maxBytes Size of what is read and discarded of an abandoned response so that its
 * HTTP/1.1 connection can be used again. 0 closes the connection instead.
 * @param maxWait Time to wait for the rest of an abandoned response before its HTTP/1.1
 * connection is closed.
 */
record DiscardProperties(@Nullable DataSize maxBytes, @Nullable Duration maxWait) {

	DiscardSettings over(DiscardSettings base) {
		return new DiscardSettings(Absent.or("discard.max-bytes", this.maxBytes, base.maxBytes()),
				Absent.or(this.maxWait, base.maxWait()));
	}

}
