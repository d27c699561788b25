package dev.connpool.blocking;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.connpool.pool.reactor.DirectTransport;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.support.Netty4HeadersAdapter;
import org.springframework.util.Assert;

/**
 * A request as Spring's clients write it. Its headers are those of Netty from the start.
 */
final class BlockingRequest implements ClientHttpRequest, StreamingHttpOutputMessage {

	private final DirectTransport transport;

	private final URI uri;

	private final HttpMethod method;

	private final io.netty.handler.codec.http.HttpHeaders fields = new DefaultHttpHeaders();

	private final HttpHeaders headers = new HttpHeaders(new Netty4HeadersAdapter(this.fields));

	private @Nullable HttpHeaders readOnly;

	private @Nullable Map<String, Object> attributes;

	/** What was written as it came; {@code null} if nothing was. */
	private @Nullable HeapBuffer buffered;

	private @Nullable Body body;

	private boolean executed;

	BlockingRequest(DirectTransport transport, URI uri, HttpMethod method) {
		this.transport = transport;
		this.uri = uri;
		this.method = method;
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
	public HttpHeaders getHeaders() {
		if (!this.executed) {
			return this.headers;
		}
		HttpHeaders readOnly = this.readOnly;
		if (readOnly == null) {
			readOnly = HttpHeaders.readOnlyHttpHeaders(this.headers);
			this.readOnly = readOnly;
		}
		return readOnly;
	}

	@Override
	public Map<String, Object> getAttributes() {
		Map<String, Object> attributes = this.attributes;
		if (attributes == null) {
			attributes = new LinkedHashMap<>();
			this.attributes = attributes;
		}
		return attributes;
	}

	@Override
	public OutputStream getBody() {
		assertNotExecuted();
		Assert.state(this.body == null, "Invoke either getBody or setBody; not both");
		HeapBuffer buffer = this.buffered;
		if (buffer == null) {
			buffer = new HeapBuffer();
			this.buffered = buffer;
		}
		return buffer;
	}

	@Override
	public void setBody(Body body) {
		Assert.notNull(body, "Body must not be null");
		assertNotExecuted();
		Assert.state(this.buffered == null, "Invoke either getBody or setBody; not both");
		this.body = body;
	}

	@Override
	public void setBody(byte[] body) {
		setBody(new WholeBody(body, body.length));
	}

	@Override
	public ClientHttpResponse execute() throws IOException {
		assertNotExecuted();
		HeapBuffer buffer = this.buffered;
		ClientHttpResponse response = new BlockingCall(this, this.transport)
			.execute((buffer != null) ? buffer.body() : this.body);
		this.executed = true;
		return response;
	}

	private void assertNotExecuted() {
		Assert.state(!this.executed, "ClientHttpRequest already executed");
	}

	/**
	 * Return the headers.
	 * @return the headers as the caller has written them
	 */
	io.netty.handler.codec.http.HttpHeaders fields() {
		return this.fields;
	}

	/**
	 * Return the attributes.
	 * @return the attributes, or {@code null} if there are none
	 */
	@Nullable Map<String, Object> attributes() {
		return this.attributes;
	}

}
