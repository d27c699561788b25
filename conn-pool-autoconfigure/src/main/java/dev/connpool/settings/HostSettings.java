package dev.connpool.settings;

/**
 * What differs for one host.
 *
 * @param pool the pool settings for the host
 * @param http2 the HTTP/2 settings for the host
 */
public record HostSettings(PoolSettings pool, Http2Settings http2) {
}
