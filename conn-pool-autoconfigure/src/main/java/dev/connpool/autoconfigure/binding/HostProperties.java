package dev.connpool.autoconfigure.binding;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import dev.connpool.settings.HostSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What can be written for one host.
 *
 * @param authority Host the settings are for, as host or host:port.
 * @param pool Connection limits.
 * @param timeouts Deadlines.
 * @param http2 HTTP/2 settings.
 * @param replay When to send a request again.
 */
record HostProperties(@Nullable String authority, @NestedConfigurationProperty @DefaultValue PoolProperties pool,
		@NestedConfigurationProperty @DefaultValue TimeoutProperties timeouts,
		@NestedConfigurationProperty @DefaultValue Http2Properties http2,
		@NestedConfigurationProperty @DefaultValue ReplayProperties replay) {

	private static final Pattern AUTHORITY = Pattern.compile("([\\w.~-]+|\\[[\\da-fA-F:.]+])(?::(\\d{1,5}))?");

	private static final Pattern PLAIN = Pattern.compile("[a-z\\d-]+");

	private static final int LAST_PORT = 65_535;

	/**
	 * Return the host that the settings are for.
	 * @param alias the name of the host in the configuration
	 * @return the authority, as settings have it
	 */
	String authority(String alias) {
		String value = (this.authority != null) ? this.authority.strip() : "";
		Matcher matcher = AUTHORITY.matcher(value);
		if (!matcher.matches() || (matcher.group(2) != null && !isPort(matcher.group(2)))) {
			throw new InvalidSettingException(name(alias, "authority"),
					(this.authority != null) ? Shown.host(value) : null,
					"must be a host or host:port, as in 'orders.example.com' or 'orders.example.com:8443'");
		}
		String name = HostSettings.name(matcher.group(1));
		return (matcher.group(2) != null) ? name + ":" + matcher.group(2) : name;
	}

	/**
	 * Merge everything.
	 * @param prefix what the names of the properties of the client start with
	 * @param alias the name of the host in the configuration
	 * @param base the settings to fall back on
	 * @return the merged settings
	 */
	HostSettings over(String prefix, String alias, HostSettings base) {
		try {
			if (this.pool.maxIdleConnections() != null) {
				throw new InvalidSettingException("pool.max-idle-connections", this.pool.maxIdleConnections(),
						"cannot be set for one host because it counts the hosts together;"
								+ " set 'pool.max-idle-connections-per-host' here, or move it to the client");
			}
			Map<String, String> properties = new LinkedHashMap<>(base.properties());
			written().forEach((setting) -> properties.put(setting, prefix + "." + name(alias, setting)));
			return new HostSettings(this.pool.over(base.pool()), this.timeouts.over(base.timeouts()),
					this.http2.over(base.http2()), this.replay.over(base.replay()), properties);
		}
		catch (InvalidSettingException ex) {
			throw new InvalidSettingException(name(alias, ex.setting()), ex.value(), ex.requirement());
		}
	}

	/**
	 * Return the name of a property of a host.
	 * @param alias the name of the host in the configuration
	 * @param setting the name of the property, relative to the host
	 * @return the name, relative to its client
	 */
	static String name(String alias, String setting) {
		return (PLAIN.matcher(alias).matches() ? "hosts.%s.%s" : "hosts[%s].%s").formatted(alias, setting);
	}

	private Set<String> written() {
		Map<String, @Nullable Object> written = new LinkedHashMap<>();
		this.pool.values().forEach((name, value) -> written.put("pool." + name, value));
		this.timeouts.values().forEach((name, value) -> written.put("timeouts." + name, value));
		this.http2.values().forEach((name, value) -> written.put("http2." + name, value));
		this.replay.values().forEach((name, value) -> written.put("replay." + name, value));
		written.values().removeIf(Objects::isNull);
		return written.keySet();
	}

	private static boolean isPort(String port) {
		int number = Integer.parseInt(port);
		return number > 0 && number <= LAST_PORT;
	}

}
