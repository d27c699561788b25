package dev.connpool.benchmarks.clients;

import java.util.HashMap;
import java.util.Map;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * A Spring Boot application with nothing but auto-configuration.
 */
public final class BootContext {

	private BootContext() {
	}

	public static ConfigurableApplicationContext start(Class<?> application, Map<String, Object> properties) {
		Map<String, Object> all = new HashMap<>(properties);
		all.put("spring.main.banner-mode", "off");
		all.put("logging.level.root", "ERROR");
		all.put("spring.http.codecs.max-in-memory-size", "16MB");
		return new SpringApplicationBuilder(application).web(WebApplicationType.NONE).properties(all).run();
	}

}
