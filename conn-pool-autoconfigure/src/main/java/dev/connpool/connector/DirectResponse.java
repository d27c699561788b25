package dev.connpool.connector;

import dev.connpool.pool.exchange.DirectExchange;
import dev.connpool.pool.exchange.ResponseBody;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.MultiValueMap;

/**
 * A response as {@code WebClient} reads it.
 */
final class DirectResponse implements ClientHttpResponse {

	private final HttpResponse head;

	private final HttpHeaders headers;

	private final ResponseBody body;

	private final NettyDataBufferFactory buffers;

	private final String connection;

	private final long number;

	/**
	 * Create a response.
	 * @param connector the connector
	 * @param exchange what carries it
	 * @param head the head
	 * @param body the body
	 */
	DirectResponse(DirectConnector connector, DirectExchange exchange, HttpResponse head, ResponseBody body) {
		this.head = head;
		this.headers = HttpHeaders.readOnlyHttpHeaders(new Netty4HeadersAdapter(head.headers()));
		this.body = body;
		this.buffers = Buffers.of(exchange.alloc());
		this.connection = exchange.connectionId();
		this.number = connector.nextResponse();
	}

	@Override
	public String getId() {
		return this.connection + "-" + this.number;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return HttpStatusCode.valueOf(this.head.status().code());
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public MultiValueMap<String, ResponseCookie> getCookies() {
		return ResponseCookies.in(this.head.headers());
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return new Body(this);
	}

	/**
	 * Discard a body that was not asked for and now never will be.
	 */
	void cancelled() {
		this.body.discard();
	}

	/**
	 * The body in the buffers of Spring.
	 */
	private static final class Body extends Flux<DataBuffer> {

		private final DirectResponse response;

		Body(DirectResponse response) {
			this.response = response;
		}

		@Override
		public void subscribe(CoreSubscriber<? super DataBuffer> actual) {
			this.response.body.subscribe((CoreSubscriber<ByteBuf>) new Reader(actual, this.response.buffers));
		}

	}

	/**
	 * Turns buffers of Netty into those of Spring.
	 */
	private static final class Reader extends Relay<ByteBuf, DataBuffer> {

		private final NettyDataBufferFactory buffers;

		Reader(CoreSubscriber<? super DataBuffer> actual, NettyDataBufferFactory buffers) {
			super(actual);
			this.buffers = buffers;
		}

		@Override
		public void onNext(ByteBuf part) {
			actual().onNext(this.buffers.wrap(part));
		}

	}

}
