package dev.connpool.testing;

import java.util.ArrayDeque;
import java.util.Queue;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Keeps back what a server writes until a gate opens.
 */
final class Mute {

	static final Mute NEVER = new Mute(null);

	private final @Nullable Gate gate;

	Mute(@Nullable Gate gate) {
		this.gate = gate;
	}

	void install(Channel channel) {
		if (this.gate != null) {
			channel.pipeline().addFirst(new Handler(this.gate));
		}
	}

	private static final class Handler extends ChannelOutboundHandlerAdapter {

		private final Gate gate;

		private final Queue<Runnable> kept = new ArrayDeque<>();

		private final Queue<Object> messages = new ArrayDeque<>();

		private boolean open;

		Handler(Gate gate) {
			this.gate = gate;
		}

		@Override
		public void handlerAdded(ChannelHandlerContext context) {
			this.gate.opened().subscribe(null, null, () -> context.executor().execute(() -> open(context)));
		}

		@Override
		public void handlerRemoved(ChannelHandlerContext context) {
			this.messages.forEach(ReferenceCountUtil::release);
		}

		@Override
		public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
			if (this.open) {
				context.write(message, promise);
				return;
			}
			this.messages.add(message);
			this.kept.add(() -> context.write(this.messages.remove(), promise));
		}

		private void open(ChannelHandlerContext context) {
			this.open = true;
			this.kept.forEach(Runnable::run);
			this.kept.clear();
			context.flush();
		}

	}

}
