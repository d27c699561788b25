package dev.connpool.actuate;

import java.util.Map;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All clients of an application.
 *
 * @param clients the clients by name
 */
public record ClientsDescriptor(Map<String, ClientDescriptor> clients) implements OperationResponseBody {
}
