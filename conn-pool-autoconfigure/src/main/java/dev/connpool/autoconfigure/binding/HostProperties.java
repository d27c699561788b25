package dev.connpool.autoconfigure.binding;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.connpool.settings.HostSettings;
import dev.connpool.settings.InvalidSettingException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be written for one host.
 *
 * @param authority Host the settings are for, as host or host:port.
 * @param pool Connection limits.
 * @param http2 HTTP/2 settings.
 */
record HostProperties(@Nullable String authority, @NestedConfigurationProperty @DefaultValue PoolProperties pool,
		@NestedConfigurationProperty @DefaultValue Http2Properties http2) {

	private static final Pattern AUTHORITY = Pattern.compile("(?:[\\w.~-]+|\\[[\\da-fA-F:.]+])(?::(\\d{1,5}))?");

	private static final int LAST_PORT = 65_535;

	/**
	 * Return the host that the settings are for.
	 * @param alias the name of the host in the configuration
	 * @return the authority in lower case
	 */
	String authority(String alias) {
		String value = (this.authority != null) ? this.authority.strip() : "";
		Matcher matcher = AUTHORITY.matcher(value);
		if (!matcher.matches() || (matcher.group(1) != null && !isPort(matcher.group(1)))) {
			throw new InvalidSettingException("hosts.%s.authority".formatted(alias), this.authority,
					"must be a host or host:port, as in 'orders.example.com' or 'orders.example.com:8443'");
		}
		return value.toLowerCase(Locale.ROOT);
	}

	HostSettings over(String alias, HostSettings base) {
		try {
			if (this.pool.maxIdleConnections() != null) {
				throw new InvalidSettingException("pool.max-idle-connections", this.pool.maxIdleConnections(),
						"cannot be set for one host because it counts the hosts together;"
								+ " set 'pool.max-idle-connections-per-host' here, or move it to the client");
			}
			return new HostSettings(this.pool.over(base.pool()), this.http2.over(base.http2()));
		}
		catch (InvalidSettingException ex) {
			throw new InvalidSettingException("hosts.%s.%s".formatted(alias, ex.setting()), ex.value(),
					ex.requirement());
		}
	}

	private static boolean isPort(String port) {
		int number = Integer.parseInt(port);
		return number > 0 && number <= LAST_PORT;
	}

}
