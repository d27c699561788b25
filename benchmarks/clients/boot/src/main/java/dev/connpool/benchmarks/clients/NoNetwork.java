package dev.connpool.benchmarks.clients;

import java.net.URI;
import java.util.function.Function;

import io.netty.buffer.ByteBufAllocator;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseCookie;
import org.springframework.http.client.reactive.AbstractClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * Answers each request on another thread, without sending it: what is left is what Spring
 * itself costs.
 */
final class NoNetwork implements ClientHttpConnector {

	private static final DataBufferFactory BUFFERS = new NettyDataBufferFactory(ByteBufAllocator.DEFAULT);

	private final byte[] body = new byte[100];

	private final Scheduler thread = Schedulers.newSingle("no-network", true);

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> requestCallback.apply(new Unsent(method, uri)))
			.then(Mono.<ClientHttpResponse>fromSupplier(() -> new Answer(this.body)))
			.subscribeOn(this.thread);
	}

	private static final class Unsent extends AbstractClientHttpRequest {

		private final HttpMethod method;

		private final URI uri;

		Unsent(HttpMethod method, URI uri) {
			this.method = method;
			this.uri = uri;
		}

		@Override
		public HttpMethod getMethod() {
			return this.method;
		}

		@Override
		public URI getURI() {
			return this.uri;
		}

		@Override
		@SuppressWarnings("unchecked")
		public <T> T getNativeRequest() {
			return (T) this;
		}

		@Override
		public DataBufferFactory bufferFactory() {
			return BUFFERS;
		}

		@Override
		public Mono<Void> writeWith(Publisher<? extends DataBuffer> content) {
			return doCommit(() -> Flux.from(content).then());
		}

		@Override
		public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> content) {
			return doCommit(() -> Flux.from(content).concatMap(Flux::from).then());
		}

		@Override
		public Mono<Void> setComplete() {
			return doCommit();
		}

		@Override
		protected void applyHeaders() {
			// They go nowhere.
		}

		@Override
		protected void applyCookies() {
			// They go nowhere.
		}

	}

	private static final class Answer implements ClientHttpResponse {

		private final HttpHeaders headers = new HttpHeaders();

		private final byte[] body;

		Answer(byte[] body) {
			this.body = body;
			this.headers.add("Content-Type", "application/json");
			this.headers.add("Content-Length", "100");
			this.headers.add("Server", "none");
			this.headers.add("Date", "Thu, 01 Jan 1970 00:00:00 GMT");
		}

		@Override
		public HttpStatusCode getStatusCode() {
			return HttpStatus.OK;
		}

		@Override
		public MultiValueMap<String, ResponseCookie> getCookies() {
			return new LinkedMultiValueMap<>(0);
		}

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public Flux<DataBuffer> getBody() {
			return Flux.just(BUFFERS.wrap(this.body));
		}

	}

}
