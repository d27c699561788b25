package dev.connpool.pool;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.proxy.ProxyConnectException;

/**
 * Thrown when a proxy answers but opens no tunnel.
 */
final class ProxyRefusedException extends ProxyConnectException {

	private final transient HttpResponseStatus status;

	ProxyRefusedException(HttpResponseStatus status) {
		super(status.toString());
		this.status = status;
	}

	HttpResponseStatus status() {
		return this.status;
	}

}
