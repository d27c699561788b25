package dev.connpool.pool.http2;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

import dev.connpool.pool.connection.ConnectionOwner;
import dev.connpool.pool.connection.ConnectionRecord;
import dev.connpool.pool.connection.IdleLimit;
import dev.connpool.pool.connection.Lease;
import dev.connpool.pool.connection.LeastRecentlyUsed;
import dev.connpool.pool.connection.MessageListener;
import dev.connpool.pool.connection.PooledConnection;
import dev.connpool.pool.host.Host;
import dev.connpool.pool.host.HostEvents;
import dev.connpool.pool.host.HostKey;
import dev.connpool.pool.host.IdleCount;
import dev.connpool.settings.ClientSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;

class MessageStreamsTests {

	private final Flushes flushes = new Flushes();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final ConnectionOwner owner = Mockito.mock(ConnectionOwner.class);

	private Http2Session session;

	private ClientFrameCodec codec;

	@BeforeEach
	void connect() {
		PooledConnection connection = connection();
		HeaderByteCounter headerBytes = new HeaderByteCounter();
		this.codec = ClientFrameCodec.create(Http2Settings.defaultSettings(), headerBytes, new Resets(connection));
		PingHandler ping = new PingHandler(connection, ClientSettings.DEFAULTS.http2());
		this.session = new Http2Session(connection, this.codec, headerBytes, ping);
		connection.negotiated(this.session);
		this.channel.pipeline().addLast(this.flushes, this.codec.flushes(), headerBytes, this.codec, ping);
		this.codec.messages().install(this.channel.pipeline().context(this.codec), ping);
		this.channel.runPendingTasks();
		this.flushes.count = 0;
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
	}

	@Test
	void whatIsWrittenInOneTurnIsFlushedOnce() {
		for (int number = 0; number < 5; number++) {
			stream(new Listener()).write(head(), Unpooled.buffer().writeZero(100));
			stream(new Listener()).flush();
		}
		assertThat(this.flushes.count).isZero();
		this.channel.runPendingTasks();
		assertThat(this.flushes.count).isEqualTo(1);
	}

	@Test
	void whatIsWrittenWhileTheConnectionIsReadIsFlushedWithIt() {
		this.channel.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
		Http2MessageStream stream = stream(new Listener());
		stream.write(head(), null);
		stream.flush();
		this.channel.runPendingTasks();
		assertThat(this.flushes.count).isZero();
		this.channel.pipeline().fireChannelReadComplete();
		assertThat(this.flushes.count).isEqualTo(1);
	}

	@Test
	void whatIsWrittenWhenSomethingElseHasBeenSentIsFlushedToo() {
		this.channel.pipeline().fireChannelRead(Unpooled.EMPTY_BUFFER);
		Http2MessageStream stream = stream(new Listener());
		Http2MessageStream next = stream(new Listener());
		List<ChannelFuture> written = new ArrayList<>();
		stream.write(head(), null).addListener((sent) -> {
			written.add(next.write(head(), null));
			next.flush();
		});
		stream.flush();
		this.channel.pipeline().fireChannelReadComplete();
		this.channel.runPendingTasks();
		assertThat(written).allMatch(ChannelFuture::isSuccess).hasSize(1);
	}

	@Test
	void aStreamThatHasNotBegunLearnsOfTheEndOfTheConnection() {
		Listener listener = new Listener();
		Http2MessageStream stream = stream(listener);
		this.codec.messages().unwritten(stream);
		this.codec.messages().connectionClosed();
		assertThat(listener.told).containsExactly("closed");
		assertThat(stream.isOpen()).isFalse();
		assertThat(stream.write(head(), null).cause()).isInstanceOf(ClosedChannelException.class);
	}

	@Test
	void namesAreInLowerCaseAndTheConnectionIsLeftOut() {
		HttpRequest head = head();
		head.headers()
			.set("Host", "user@example.org:81")
			.set("Connection", "close, X-Hop")
			.set("X-Hop", "1")
			.set("Transfer-Encoding", "chunked")
			.set("TE", "gzip")
			.set("X-Own-Name", "Value")
			.set("Cookie", "a=b; c=d")
			.set("Accept", "*/*");
		List<String> fields = new ArrayList<>();
		RequestFields.of(head, this.session.scheme())
			.forEach((field) -> fields.add(field.getKey() + "=" + field.getValue()));
		assertThat(fields).containsExactly(":method=GET", ":scheme=http", ":authority=example.org:81", ":path=/path",
				"x-own-name=Value", "cookie=a=b", "cookie=c=d", "accept=*/*");
	}

	private Http2MessageStream stream(MessageListener listener) {
		Http2MessageStream stream = new Http2MessageStream(this.session, this.codec.messages(),
				Mockito.mock(Lease.class));
		stream.open(listener);
		return stream;
	}

	private static HttpRequest head() {
		return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/path");
	}

	private PooledConnection connection() {
		HostKey key = new HostKey(false, InetSocketAddress.createUnresolved("localhost", 80), 0, 1, null, 1);
		IdleCount idleCount = new IdleCount();
		given(this.owner.host()).willReturn(Host.of("test", key, ClientSettings.DEFAULTS, null));
		given(this.owner.events()).willReturn(Mockito.mock(HostEvents.class));
		given(this.owner.idleCount()).willReturn(idleCount);
		given(this.owner.idleConnections()).willReturn(new LeastRecentlyUsed(idleCount::get, () -> 1));
		given(this.owner.idleLimit()).willReturn(new IdleLimit(ClientSettings.DEFAULTS.pool().idleTimeout()));
		return new PooledConnection(this.owner, this.channel,
				new ConnectionRecord(this.channel, Instant.now(), System.nanoTime()));
	}

	/**
	 * Counts how often something goes to the socket, and takes it.
	 */
	private static final class Flushes extends ChannelOutboundHandlerAdapter {

		private final Queue<ChannelPromise> written = new ArrayDeque<>();

		private int count;

		@Override
		public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
			ReferenceCountUtil.release(msg);
			this.written.add(promise);
		}

		@Override
		public void flush(ChannelHandlerContext ctx) {
			this.count++;
			for (int left = this.written.size(); left > 0; left--) {
				this.written.remove().trySuccess();
			}
		}

	}

	/**
	 * Notes what it is told.
	 */
	private static final class Listener implements MessageListener {

		private final List<String> told = new ArrayList<>();

		@Override
		public void onHead(HttpResponse head, boolean last) {
			this.told.add("head");
		}

		@Override
		public void onContent(ByteBuf part) {
			this.told.add("content");
			part.release();
		}

		@Override
		public void onEnd(@Nullable HttpHeaders trailers) {
			this.told.add("end");
		}

		@Override
		public void onWritable() {
			this.told.add("writable");
		}

		@Override
		public void onError(Throwable cause) {
			this.told.add("error");
		}

		@Override
		public void onClosed() {
			this.told.add("closed");
		}

	}

}
