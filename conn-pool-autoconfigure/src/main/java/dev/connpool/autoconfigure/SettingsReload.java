package dev.connpool.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.core.env.Environment;

/**
 * Reads the properties once more and lets the clients whose settings changed follow. All
 * of them do, or none.
 */
final class SettingsReload implements Supplier<Set<String>> {

	private static final Log logger = LogFactory.getLog(SettingsReload.class);

	private final Environment environment;

	private final ConfiguredClients started;

	private final PooledClients clients;

	private final PooledConnectors connectors;

	SettingsReload(Environment environment, ConfiguredClients started, PooledClients clients,
			PooledConnectors connectors) {
		this.environment = environment;
		this.started = started;
		this.clients = clients;
		this.connectors = connectors;
	}

	/**
	 * Reload.
	 * @return the names of the clients whose settings changed
	 */
	@Override
	public synchronized Set<String> get() {
		ConfiguredClients now = new ConfiguredClients(this.environment);
		now.checkFixed(this.started);
		Map<String, ClientSettings> changed = new LinkedHashMap<>();
		now.names().forEach((name) -> {
			ClientSettings settings = now.settings(name);
			if (!settings.equals(this.clients.get(name).settings())) {
				check(now, name, settings);
				changed.put(name, settings);
			}
		});
		changed.forEach(this::reload);
		return changed.keySet();
	}

	private void check(ConfiguredClients now, String name, ClientSettings settings) {
		try {
			this.clients.get(name).check(settings);
		}
		catch (InvalidSettingException ex) {
			throw new InvalidPropertyException(now.property(name, ex.setting()), ex.value(), ex.requirement(), ex);
		}
	}

	private void reload(String name, ClientSettings settings) {
		int generation = this.clients.get(name).reload(settings);
		logger.info("Changed settings (generation %d), the connections are drained. %s".formatted(generation,
				new StartReport(name, settings, this.connectors.get(name).transport())));
	}

}
