package dev.connpool.listener;

/**
 * Which connection something happened to.
 *
 * @param client the client name
 * @param host the host, as {@code scheme://host:port}
 * @param id the id of the connection, as in the logs of Netty and in the endpoint
 * @param protocol the ALPN id of what it speaks, such as {@code h2}
 */
public record ConnectionInfo(String client, String host, String id, String protocol) {
}
