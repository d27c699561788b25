package dev.connpool.pool.dial;

import java.net.InetSocketAddress;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.SessionFactory;
import dev.connpool.pool.host.CloseReason;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.ReloadableSslContext;
import dev.connpool.settings.Protocol;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * Whom connections are opened for: what a dial needs to know of its host, and who is told
 * what becomes of it. For any thread.
 */
public interface DialOwner {

	/**
	 * Return the host.
	 * @return what is true of it
	 */
	Host host();

	/**
	 * Return whether the calling thread may do what belongs to the mailbox of the host.
	 * For assertions.
	 * @return whether it handles an event of that mailbox
	 */
	boolean inMailbox();

	/**
	 * Say why no request is served any more.
	 * @return that the client is shut down, or else that its event loops are
	 */
	ConnPoolException unavailable();

	/**
	 * Return the TLS context.
	 * @return the context, or {@code null} if there is none or it is never reloaded
	 */
	@Nullable ReloadableSslContext tls();

	/**
	 * Return how a connection comes to speak a protocol.
	 * @param protocol the protocol
	 * @return what has it speak that
	 */
	SessionFactory sessionFactory(Protocol protocol);

	/**
	 * Return whether several callers come to share one connection.
	 * @return whether HTTP/2 is spoken, as far as is known
	 */
	boolean sharesConnections();

	/**
	 * Return a lookup for one dial.
	 * @param aim the one address to connect to while the name stands for it, or
	 * {@code null} for any
	 * @return the lookup
	 */
	DialLookup lookup(@Nullable InetSocketAddress aim);

	/**
	 * Make the connection of a channel that is about to be connected.
	 * @param channel the channel
	 * @param record what is known of it
	 * @return its connection
	 */
	PooledConnection connection(Channel channel, ConnectionRecord record);

	/**
	 * Note that a connection is open. On the event loop of the connection.
	 * @param dial what opened it
	 * @param connection the connection
	 */
	void opened(Dial dial, PooledConnection connection);

	/**
	 * Note that a connection could not be opened.
	 * @param dial what tried to
	 * @param reason which step failed
	 * @param error what callers are told
	 */
	void failed(Dial dial, CloseReason reason, ConnPoolException error);

	/**
	 * Note what the name of the host stands for, as a dial has learned.
	 * @param answer the addresses
	 */
	void resolved(List<InetSocketAddress> answer);

	/**
	 * Note that the name was looked up again.
	 * @param answer what it stands for, nothing if there is no answer
	 * @param failure what was reported, or {@code null}
	 */
	void lookedUp(List<InetSocketAddress> answer, @Nullable Throwable failure);

}
