package dev.connpool.autoconfigure.binding;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.InvalidSettingException;
import dev.connpool.settings.Proxies;
import dev.connpool.settings.Shown;
import dev.connpool.web.ConnPoolClients;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientsProperties;
import org.springframework.core.env.Environment;

/**
 * The clients that the environment asks for. What is written for one of them is, from the
 * lowest precedence to the highest, Boot's {@code spring.http.clients}, our
 * {@code conn-pool}, Boot's {@code spring.http.serviceclient.<name>}, and our
 * {@code conn-pool.clients.<name>}.
 */
public final class ConfiguredClients {

	private static final String SHARED = "spring.http.clients";

	private static final String GROUPS = "spring.http.serviceclient";

	private static final String CLIENTS = ConnPoolProperties.PREFIX + ".clients";

	private static final String TOKEN_CLIENT = ConnPoolProperties.PREFIX + ".oauth2.client";

	private final Environment environment;

	private final ConnPoolProperties properties;

	private final BootProperties shared;

	private final Map<String, HttpClientProperties> groups;

	private final Map<String, ClientSettings> settings = new LinkedHashMap<>();

	/**
	 * Bind and check everything that is configured.
	 * @param environment the environment
	 */
	public ConfiguredClients(Environment environment) {
		this.environment = environment;
		PropertyNames.check(environment, ConfigurationPropertyName.of(ConnPoolProperties.PREFIX));
		RenamedProperties renamed = new RenamedProperties(environment);
		renamed.check();
		Binder binder = Binder.get(environment);
		this.properties = BindFailure
			.bind(() -> binder.bindOrCreate(ConnPoolProperties.PREFIX, Bindable.of(ConnPoolProperties.class),
					new NoUnboundElementsBindHandler(BindHandler.DEFAULT, new UnboundElementsSourceFilter())));
		this.shared = new BootProperties(
				BindFailure.bind(() -> binder.bindOrCreate(SHARED, HttpClientsProperties.class)));
		this.groups = BindFailure
			.bind(() -> binder.bind(GROUPS, Bindable.mapOf(String.class, HttpClientProperties.class)).orElse(Map.of()));
		renamed.check(beanNames().stream().map((name) -> CLIENTS + "." + name).toList());
		if (this.properties.clients().containsKey(ConnPoolClients.DEFAULT)) {
			throw new InvalidPropertyException(CLIENTS + "." + ConnPoolClients.DEFAULT, ConnPoolClients.DEFAULT,
					"must have another name:"
							+ " 'default' is the client that 'conn-pool' itself configures, so move its properties up there",
					null);
		}
		find().forEach((name) -> {
			this.settings.put(name, sources(name).resolve());
			checkProxies(name);
		});
		checkTokenClient();
	}

	private void checkTokenClient() {
		String name = tokenClient();
		if (name != null && !names().contains(name)) {
			throw invalidTokenClient("must be the name of a client, one of %s; others are configured under '%s'"
				.formatted(names(), CLIENTS));
		}
	}

	private void checkProxies(String name) {
		try {
			Proxies.of(settings(name).proxy());
		}
		catch (InvalidSettingException ex) {
			throw InvalidPropertyException.ofEnvironment(ex, property(name, "proxy.mode"));
		}
	}

	/**
	 * Return the names of the clients that get a bean of their own.
	 * @return the names under {@code conn-pool.clients}
	 */
	public Set<String> beanNames() {
		return this.properties.clients().keySet();
	}

	/**
	 * Return the names of all clients, service groups with properties included.
	 * @return the names, the default client's first
	 */
	public Set<String> names() {
		return this.settings.keySet();
	}

	/**
	 * Return the settings of one client.
	 * @param name the name of a configured client
	 * @return the validated settings
	 */
	public ClientSettings settings(String name) {
		return Objects.requireNonNull(this.settings.get(name));
	}

	/**
	 * Return the client that tokens are fetched with.
	 * @return the name of a configured client, or {@code null} if none is to
	 */
	public @Nullable String tokenClient() {
		return this.properties.oauth2().client();
	}

	/**
	 * Create an exception for a client that tokens cannot be fetched with.
	 * @param requirement what the value has to be, starting with a verb
	 * @return a new exception
	 */
	public InvalidPropertyException invalidTokenClient(String requirement) {
		return new InvalidPropertyException(TOKEN_CLIENT, shownTokenClient(), requirement, null);
	}

	private @Nullable Object shownTokenClient() {
		String name = tokenClient();
		return (name != null) ? Shown.oneOf(name, names()) : null;
	}

	/**
	 * Return what Boot applies itself to a client.
	 * @param name the client name
	 * @param shared what Boot applies to every client
	 * @return the same with the properties of the service group of that name
	 */
	public BootSettings bootSettings(String name, HttpClientSettings shared) {
		HttpClientProperties group = this.groups.get(name);
		HttpClientSettings own = (group != null) ? new BootProperties(group).over(shared) : shared;
		return new BootSettings(shared, own, this.shared.properties().getConnectTimeout());
	}

	/**
	 * Check that nothing differs that is fixed when an application starts.
	 * @param started what the application started with
	 */
	public void checkFixed(ConfiguredClients started) {
		if (!this.properties.enabled()) {
			throw fixed(ConnPoolProperties.PREFIX + ".enabled", false, "cannot be changed");
		}
		names().stream().filter((name) -> !started.names().contains(name)).findFirst().ifPresent((name) -> {
			throw fixed(prefix(name), Shown.name(name), "a client cannot be added");
		});
		started.names().stream().filter((name) -> !names().contains(name)).findFirst().ifPresent((name) -> {
			throw fixed(started.prefix(name), null, "a client cannot be removed");
		});
		if (!Objects.equals(tokenClient(), started.tokenClient())) {
			throw fixed(TOKEN_CLIENT, shownTokenClient(), "cannot be changed");
		}
		this.shared.checkFixed(started.shared, SHARED);
		this.groups.forEach((name, group) -> new BootProperties(group)
			.checkFixed(new BootProperties(Objects.requireNonNull(started.groups.get(name))), GROUPS + "." + name));
	}

	static InvalidPropertyException fixed(String property, @Nullable Object value, String obstacle) {
		return new InvalidPropertyException(property, value, obstacle + " while the application runs; restart it",
				null);
	}

	private String prefix(String name) {
		return (beanNames().contains(name) ? CLIENTS : GROUPS) + "." + name;
	}

	/**
	 * Return the name of the property that a setting of a client comes from.
	 * @param name the client name
	 * @param setting the name of the setting, relative to its client
	 * @return the full property name, where it was set with the highest precedence
	 */
	public String property(String name, String setting) {
		return sources(name).property(setting);
	}

	/**
	 * Return the base URL that Boot has for a client, whether or not it is one of ours.
	 * @param name the client name
	 * @return the base URL as it is written, or {@code null}
	 */
	public @Nullable String groupBaseUrl(String name) {
		HttpClientProperties group = this.groups.get(name);
		return (group != null) ? group.getBaseUrl() : null;
	}

	/**
	 * Return the name of a property that Boot has for a client.
	 * @param name the client name
	 * @param property the name of the property, relative to its client
	 * @return the full property name
	 */
	public String groupProperty(String name, String property) {
		return GROUPS + "." + name + "." + property;
	}

	private Set<String> find() {
		Set<String> names = new LinkedHashSet<>();
		names.add(ConnPoolClients.DEFAULT);
		names.addAll(beanNames());
		names.addAll(this.groups.keySet());
		return names;
	}

	private SettingsSources sources(String name) {
		List<SettingsSource> sources = new ArrayList<>();
		sources.add(SettingsSource.of(SHARED, this.shared));
		sources.add(SettingsSource.of(ConnPoolProperties.PREFIX, this.properties.defaults()));
		HttpClientProperties group = this.groups.get(name);
		if (group != null) {
			sources.add(SettingsSource.of(GROUPS + "." + name, new BootProperties(group)));
		}
		ClientProperties client = this.properties.clients().get(name);
		if (client != null) {
			sources.add(SettingsSource.of(CLIENTS + "." + name, client));
		}
		return new SettingsSources(this.environment, sources);
	}

}
