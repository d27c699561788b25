package dev.connpool.pool.acquire;

import java.time.Instant;

import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.connection.Session;
import dev.connpool.pool.host.CloseReason;
import io.netty.channel.embedded.EmbeddedChannel;

/**
 * A session that is not shared and carries nothing.
 */
final class TestSession implements Session {

	private final PooledConnection connection;

	private TestSession(PooledConnection connection) {
		this.connection = connection;
	}

	static PooledConnection connection(TestOwner owner) {
		EmbeddedChannel channel = new EmbeddedChannel();
		PooledConnection connection = new PooledConnection(owner.pool(channel.eventLoop()), channel,
				new ConnectionRecord(channel, Instant.now(), System.nanoTime()));
		connection.negotiated(new TestSession(connection));
		return connection;
	}

	@Override
	public PooledConnection connection() {
		return this.connection;
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public boolean tryReserve() {
		return take() && this.connection.isFit();
	}

	private boolean take() {
		boolean taken = this.connection.idleSince() != 0;
		if (taken) {
			this.connection.busy();
		}
		return taken;
	}

	@Override
	public void giveBack() {
		becomesIdle();
	}

	@Override
	public int active() {
		return 0;
	}

	@Override
	public int limit() {
		return 1;
	}

	@Override
	public void becomesIdle() {
		this.connection.idle();
	}

	@Override
	public boolean closeIfUnused(CloseReason reason) {
		boolean unused = take();
		if (unused) {
			this.connection.close(reason);
		}
		return unused;
	}

	@Override
	public void drain(CloseReason reason) {
		this.connection.drain(reason);
		closeIfUnused(reason);
	}

	@Override
	public void connectionClosed() {
		take();
	}

	@Override
	public void serve(Lease lease) {
		throw new UnsupportedOperationException("It carries nothing");
	}

}
