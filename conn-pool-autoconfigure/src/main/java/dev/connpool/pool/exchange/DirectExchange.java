package dev.connpool.pool.exchange;

import java.nio.file.Path;

import dev.connpool.pool.host.Host;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * An exchange that a {@link DirectCaller} asks for.
 */
public abstract class DirectExchange extends Exchange {

	DirectExchange(ClientExchanges exchanges, dev.connpool.pool.connection.ConnectionSource source) {
		super(exchanges, source, null, null);
		throw new UnsupportedOperationException();
	}

	public abstract Channel channel();

	public abstract boolean isShared();

	public abstract boolean takesFiles();

	public abstract Mono<Void> send(HttpRequest head, @Nullable ByteBuf content);

	public abstract Mono<Void> send(HttpRequest head, Publisher<? extends ByteBuf> content);

	public abstract Mono<Void> sendGroups(HttpRequest head, Publisher<? extends Publisher<? extends ByteBuf>> groups);

	public abstract Mono<Void> sendFile(HttpRequest head, Path file, long position, long count);

}
