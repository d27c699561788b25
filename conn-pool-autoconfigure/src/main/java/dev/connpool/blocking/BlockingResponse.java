package dev.connpool.blocking;

import java.io.InputStream;

import io.netty.handler.codec.http.HttpResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;

/**
 * A response whose body is read from the connection as it is read.
 */
final class BlockingResponse implements ClientHttpResponse {

	private final HttpResponse head;

	private final HttpStatusCode status;

	private final HttpHeaders headers;

	private final ResponseStream body;

	BlockingResponse(HttpResponse head, ResponseStream body) {
		this.head = head;
		this.status = HttpStatusCode.valueOf(head.status().code());
		this.headers = HttpHeaders.readOnlyHttpHeaders(new Netty4HeadersAdapter(head.headers()));
		this.body = body;
	}

	@Override
	public HttpStatusCode getStatusCode() {
		return this.status;
	}

	@Override
	public String getStatusText() {
		return this.head.status().reasonPhrase();
	}

	@Override
	public HttpHeaders getHeaders() {
		return this.headers;
	}

	@Override
	public InputStream getBody() {
		return this.body;
	}

	@Override
	public void close() {
		this.body.close();
	}

}
