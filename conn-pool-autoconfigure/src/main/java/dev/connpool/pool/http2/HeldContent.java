package dev.connpool.pool.http2;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import org.jspecify.annotations.Nullable;

/**
 * The content of a request that is held back until the server asks for it, answers
 * without it, or does neither in time (RFC 9110, section 10.1.1). Only used on the event
 * loop of the connection.
 */
final class HeldContent implements Runnable {

	private final Http2RequestStream stream;

	private final Queue<Part> parts = new ArrayDeque<>();

	private final Future<?> timer;

	private State state = State.HELD;

	HeldContent(Http2RequestStream stream, EventLoop eventLoop, long patience) {
		this.stream = stream;
		this.timer = eventLoop.schedule(this, patience, TimeUnit.NANOSECONDS);
	}

	/**
	 * Return whether what is written next has to wait.
	 * @return whether the server has not asked for the content
	 */
	boolean isHeld() {
		return this.state != State.PROCEEDING;
	}

	/**
	 * Hold a part back.
	 * @param part the part
	 * @param last whether it is the last
	 * @param promise who waits for it to be sent; not told if it never is
	 * @return done when it is sent
	 */
	ChannelFuture add(ByteBuf part, boolean last, ChannelPromise promise) {
		if (this.state == State.REFUSED) {
			part.release();
			return promise;
		}
		boolean nothing = last && this.parts.isEmpty() && !part.isReadable();
		this.parts.add(new Part(part, last, promise));
		if (nothing) {
			run();
		}
		return promise;
	}

	/**
	 * Write what is held back.
	 */
	@Override
	public void run() {
		if (this.state != State.HELD) {
			return;
		}
		this.timer.cancel(false);
		this.state = State.PROCEEDING;
		for (Part next = this.parts.poll(); next != null; next = this.parts.poll()) {
			this.stream.send(next.content(), next.last(), next.promise());
		}
		this.stream.flush();
	}

	/**
	 * Release what is held back: the server does not want it, or it cannot be sent any
	 * more.
	 */
	void refuse() {
		if (this.state != State.HELD) {
			return;
		}
		this.timer.cancel(false);
		this.state = State.REFUSED;
		for (@Nullable
		Part next = this.parts.poll(); next != null; next = this.parts.poll()) {
			next.content().release();
		}
	}

	/**
	 * What becomes of the content.
	 */
	private enum State {

		HELD, PROCEEDING, REFUSED

	}

	/**
	 * A part of the content.
	 *
	 * @param content the part
	 * @param last whether it is the last
	 * @param promise who waits for it to be sent
	 */
	private record Part(ByteBuf content, boolean last, ChannelPromise promise) {
	}

}
