package dev.connpool.pool.host;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.proxy.ProxyConnectException;

/**
 * Thrown when a proxy answers but opens no tunnel.
 */
public final class ProxyRefusedException extends ProxyConnectException {

	private final transient HttpResponseStatus status;

	public ProxyRefusedException(HttpResponseStatus status) {
		super(status.toString());
		this.status = status;
	}

	HttpResponseStatus status() {
		return this.status;
	}

}
