package dev.connpool.autoconfigure.binding;

import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Refuses properties by the names that they had before. That a property is unknown is not
 * noticed in environment variables and system properties, where it would be ignored.
 */
final class RenamedProperties {

	private static final String OLD = "drain.";

	private static final String NEW = "discard.";

	private static final List<String> NAMES = List.of("max-bytes", "max-wait");

	/** A name without what is lost in the names of environment variables. */
	private static final Pattern UNIFORM = Pattern.compile("connpool(?:clients(.+))?drain(max(?:bytes|wait))");

	private final Iterable<ConfigurationPropertySource> sources;

	RenamedProperties(Environment environment) {
		this.sources = ConfigurationPropertySources.get(environment);
	}

	/**
	 * Check what can be found without knowing the clients.
	 */
	void check() {
		check(ConnPoolProperties.PREFIX);
		for (ConfigurationPropertySource source : this.sources) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				iterable.stream().forEach(RenamedProperties::check);
			}
		}
	}

	/**
	 * Check sources that cannot tell which properties they have.
	 * @param clients the prefixes of the clients
	 */
	void check(Collection<String> clients) {
		clients.forEach(this::check);
	}

	private void check(String prefix) {
		for (String name : NAMES) {
			String old = prefix + "." + OLD + name;
			for (ConfigurationPropertySource source : this.sources) {
				if (source.getConfigurationProperty(ConfigurationPropertyName.of(old)) != null) {
					throw InvalidPropertyException.renamed(old, old, prefix + "." + NEW + name);
				}
			}
		}
	}

	private static void check(ConfigurationPropertyName name) {
		Matcher matcher = UNIFORM.matcher(uniform(name));
		if (matcher.matches()) {
			String written = name.toString();
			String prefix = prefix(written, matcher.group(1));
			String last = NAMES.get(matcher.group(2).equals("maxbytes") ? 0 : 1);
			throw InvalidPropertyException.renamed(written, prefix + OLD + last, prefix + NEW + last);
		}
	}

	private static String prefix(String written, @Nullable String client) {
		int end = written.lastIndexOf("." + OLD);
		if (written.startsWith(ConnPoolProperties.PREFIX) && end > 0) {
			return written.substring(0, end + 1);
		}
		return ConnPoolProperties.PREFIX + ((client != null) ? ".clients." + client + "." : ".");
	}

	private static String uniform(ConfigurationPropertyName name) {
		return IntStream.range(0, name.getNumberOfElements())
			.mapToObj((index) -> name.getElement(index, Form.UNIFORM))
			.collect(Collectors.joining());
	}

}
