package dev.connpool.actuate;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * Whose clients are shown.
 *
 * @param name the name of the application, {@code spring.application.name}; {@code null}
 * if it has none
 * @param instance what tells it from others of that name: the host and the process id
 * @param version the version, {@code spring.application.version}; {@code null} if it is
 * not known
 * @param startedAt when it was started
 */
@JsonInclude
@JsonPropertyOrder({ "name", "instance", "version", "startedAt" })
public record ApplicationDescriptor(@Nullable String name, String instance, @Nullable String version,
		String startedAt) {
}
