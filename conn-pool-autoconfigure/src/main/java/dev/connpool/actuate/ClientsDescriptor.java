package dev.connpool.actuate;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * All clients of an application.
 *
 * @param application the application
 * @param clients the clients by name
 */
@JsonPropertyOrder({ "application", "clients" })
public record ClientsDescriptor(ApplicationDescriptor application,
		Map<String, ClientDescriptor> clients) implements OperationResponseBody {
}
