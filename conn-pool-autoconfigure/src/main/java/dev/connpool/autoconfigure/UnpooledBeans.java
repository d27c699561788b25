package dev.connpool.autoconfigure;

import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;

/**
 * Finds beans whose type is known to bring an HTTP client of its own. No bean is created
 * for that, and beans are only looked at once all are known.
 */
final class UnpooledBeans implements Supplier<List<String>> {

	/** Most beans that are named. */
	private static final int NAMED = 10;

	private static final List<String> TYPES = List.of("java.net.http.HttpClient", "okhttp3.OkHttpClient",
			"org.apache.http.client.HttpClient", "org.apache.http.nio.client.HttpAsyncClient",
			"org.apache.hc.client5.http.classic.HttpClient", "org.apache.hc.client5.http.async.HttpAsyncClient",
			"org.eclipse.jetty.client.HttpClient", "com.linecorp.armeria.client.WebClient", "feign.Client",
			"software.amazon.awssdk.http.SdkHttpClient", "software.amazon.awssdk.http.async.SdkAsyncHttpClient",
			"com.azure.core.http.HttpClient", "com.google.api.client.http.HttpTransport",
			"org.elasticsearch.client.RestClient", "org.opensearch.client.RestClient");

	private final ConfigurableListableBeanFactory beans;

	private volatile @Nullable List<String> found;

	UnpooledBeans(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	/**
	 * Return what was found.
	 * @return each bean with its type, such as {@code search (okhttp3.OkHttpClient)}
	 */
	@Override
	public List<String> get() {
		List<String> known = this.found;
		if (known == null && this.beans.isConfigurationFrozen()) {
			known = TYPES.stream().flatMap(this::named).limit(NAMED).toList();
			this.found = known;
		}
		return (known != null) ? known : List.of();
	}

	private Stream<String> named(String type) {
		ClassLoader classLoader = this.beans.getBeanClassLoader();
		if (!ClassUtils.isPresent(type, classLoader)) {
			return Stream.empty();
		}
		return Arrays
			.stream(this.beans.getBeanNamesForType(ClassUtils.resolveClassName(type, classLoader), true, false))
			.map((name) -> "%s (%s)".formatted(name, type));
	}

}
