package dev.connpool.autoconfigure;

import java.util.Set;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the {@code connpool} endpoint shows to whom.
 *
 * @param showValues When to show paths and queries instead of URI templates.
 * @param roles Roles that authorize a user to be shown values. When empty, all
 * authenticated users are authorized.
 */
@ConfigurationProperties(ConnPoolEndpointProperties.PREFIX)
record ConnPoolEndpointProperties(@DefaultValue("never") Show showValues, @DefaultValue Set<String> roles) {

	static final String PREFIX = "management.endpoint.connpool";

}
