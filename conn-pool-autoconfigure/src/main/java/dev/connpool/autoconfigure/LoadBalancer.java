package dev.connpool.autoconfigure;

import java.net.URI;
import java.util.Map;
import java.util.regex.Pattern;

import dev.connpool.autoconfigure.binding.ConfiguredClients;
import dev.connpool.autoconfigure.binding.InvalidPropertyException;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.HostSettings;
import dev.connpool.settings.Shown;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.core.env.Environment;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.util.ClassUtils;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Spring Cloud LoadBalancer, if the application has it. It takes the host of a request
 * for the name of a service and chooses one of its instances. It is known by the names of
 * its classes only, and is no dependency.
 */
final class LoadBalancer {

	private static final String PACKAGE = "org.springframework.cloud.client.loadbalancer.";

	private static final String FILTER = PACKAGE + "reactive.DeferringLoadBalancerExchangeFilterFunction";

	private static final String INTERCEPTOR = PACKAGE + "DeferringLoadBalancerInterceptor";

	/**
	 * Comes with LoadBalancer. The others are there with any part of Spring Cloud.
	 */
	private static final String FACTORY = "org.springframework.cloud.loadbalancer.support.LoadBalancerClientFactory";

	private static final String ENABLED = "spring.cloud.loadbalancer.enabled";

	private static final Pattern SERVICE = Pattern.compile("\\s*" + ClientSettings.LOAD_BALANCED + "://",
			Pattern.CASE_INSENSITIVE);

	private final BeanFactory beans;

	private final Environment environment;

	LoadBalancer(BeanFactory beans, Environment environment) {
		this.beans = beans;
		this.environment = environment;
	}

	/**
	 * Return whether a base URL names a service.
	 * @param baseUrl the base URL of a client
	 * @return whether it starts with {@code lb://}
	 */
	static boolean balances(@Nullable URI baseUrl) {
		return baseUrl != null && ClientSettings.LOAD_BALANCED.equalsIgnoreCase(baseUrl.getScheme());
	}

	/**
	 * Return the base URL that requests are made with.
	 * @param baseUrl the base URL of a client
	 * @return the same, with a scheme that can be spoken
	 */
	static URI requestUrl(URI baseUrl) {
		return balances(baseUrl) ? UriComponentsBuilder.fromUri(baseUrl).scheme("http").build(true).toUri() : baseUrl;
	}

	/**
	 * Return what balances the requests of a {@code WebClient}.
	 * @return the filter, or {@code null} without LoadBalancer, as in slices for tests
	 */
	@Nullable ExchangeFilterFunction filter() {
		return find(FILTER, ExchangeFilterFunction.class);
	}

	/**
	 * Return what balances the requests of a {@code RestClient}.
	 * @return the interceptor, or {@code null} without LoadBalancer
	 */
	@Nullable ClientHttpRequestInterceptor interceptor() {
		return find(INTERCEPTOR, ClientHttpRequestInterceptor.class);
	}

	/**
	 * Check that services can be found, and that nothing is asked for that takes a host.
	 * @param configured the clients
	 */
	void check(ConfiguredClients configured) {
		configured.names().forEach((name) -> {
			URI baseUrl = configured.settings(name).baseUrl();
			if (baseUrl == null) {
				String url = configured.groupBaseUrl(name);
				if (url != null && SERVICE.matcher(url).lookingAt()) {
					check(configured, name, configured.groupProperty(name, "base-url"), Shown.url(url));
				}
			}
			else if (balances(baseUrl)) {
				check(configured, name, configured.property(name, "base-url"),
						ClientSettings.LOAD_BALANCED + "://" + baseUrl.getHost());
			}
		});
	}

	private void check(ConfiguredClients configured, String name, String property, Object shown) {
		checkPresent(property, shown);
		checkEarlyConnections(configured, name, property);
	}

	private void checkPresent(String property, Object shown) {
		// Not the beans: slices for tests leave them out, and have nothing to find.
		if (type(FACTORY) == null || !this.environment.getProperty(ENABLED, Boolean.class, true)) {
			throw new InvalidPropertyException(property, shown,
					"must start with 'http://' or 'https://': 'lb://' needs Spring Cloud LoadBalancer, so add"
							+ " 'spring-cloud-starter-loadbalancer', and do not set '" + ENABLED + "' to 'false'",
					null);
		}
	}

	private static void checkEarlyConnections(ConfiguredClients configured, String name, String baseUrl) {
		ClientSettings settings = configured.settings(name);
		int connections = settings.pool().minIdleConnections();
		String property = configured.property(name, "pool.min-idle-connections");
		for (Map.Entry<String, HostSettings> host : settings.hosts().entrySet()) {
			if (connections == 0 && host.getValue().pool().minIdleConnections() > 0) {
				connections = host.getValue().pool().minIdleConnections();
				property = configured.property(name, "hosts") + ".*.pool.min-idle-connections";
			}
		}
		if (connections > 0) {
			throw new InvalidPropertyException(property, connections,
					"must be 0 for client '%s': Spring Cloud LoadBalancer chooses the host of each request, as '%s' asks for, so there is none to connect to beforehand"
						.formatted(name, baseUrl),
					null);
		}
	}

	private <T> @Nullable T find(String className, Class<T> as) {
		Class<?> type = type(className);
		return (type != null) ? as.cast(this.beans.getBeanProvider(type).getIfAvailable()) : null;
	}

	private static @Nullable Class<?> type(String className) {
		ClassLoader classLoader = ClassUtils.getDefaultClassLoader();
		return ClassUtils.isPresent(className, classLoader) ? ClassUtils.resolveClassName(className, classLoader)
				: null;
	}

}
