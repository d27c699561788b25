package dev.connpool.pool.connection;

import org.jspecify.annotations.Nullable;

/**
 * What carries one exchange: a stream of HTTP/2, and on HTTP/1.1 the connection itself.
 * How it is written and read depends on who has asked for it: {@link MessageStream} and
 * {@link ChannelStream}. Only used on the event loop of the connection.
 */
public interface SessionStream {

	/**
	 * Return the connection.
	 * @return the connection that this is, or is a stream of
	 */
	PooledConnection connection();

	/**
	 * Return whether this takes up the whole connection.
	 * @return whether the connection ends with what it carries, if that ends before its
	 * time
	 */
	boolean isConnection();

	/**
	 * Return the number of the stream.
	 * @return the stream id, 1 on HTTP/1.1; 0 or less if nothing of the request was
	 * written
	 */
	int id();

	/**
	 * Return whether anything may still be written or read.
	 * @return whether neither side has ended it
	 */
	boolean isOpen();

	/**
	 * Return whether the rest of the response is taken as it comes. While it is not, the
	 * server waits.
	 * @return whether somebody waits for it
	 */
	boolean isReading();

	/**
	 * End the exchange before its time: a stream is reset, a connection is closed unless
	 * the rest of the response is read in little time. The lease is told that it is given
	 * up, unless it knows how it ends.
	 */
	void close();

	/**
	 * Return whether what becomes known of the channel now concerns an exchange, rather
	 * than another one or none. It does from {@link Lease#begin} until all is told: then
	 * the channel is silent, or free for the next.
	 * @param lease the lease of the exchange
	 * @return whether it is to be told
	 */
	boolean carries(Lease lease);

	/**
	 * Return whether the server has said that it ignores the exchange.
	 * @return whether it has sent GOAWAY with a lower stream id (RFC 9113, section 6.8)
	 */
	boolean isIgnored();

	/**
	 * Note that all was written and read that was to be, or that nobody wants more.
	 * @param lease the lease of the exchange
	 * @param answered whether all of the response has arrived
	 * @return whether the connection carries another exchange on the same channel
	 */
	boolean release(Lease lease, boolean answered);

	/**
	 * Look at the stream.
	 * @return how it is now, or {@code null} if there is none of its own
	 */
	@Nullable Flow flow();

	/**
	 * How a stream is (RFC 9113, sections 5.1 and 5.2).
	 *
	 * @param state the state, such as {@code half-closed-local}
	 * @param sendWindow what may be sent, in bytes
	 * @param receiveWindow what may be received, in bytes
	 */
	record Flow(String state, int sendWindow, int receiveWindow) {
	}

}
