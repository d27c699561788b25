package dev.connpool.autoconfigure;

import java.io.IOException;
import java.util.Map;

import dev.connpool.web.ConnPoolClients;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Configuration;

/**
 * An application that starts, tells when it did, and waits for the end of its input.
 */
public final class StartApplication {

	/** What it tells. */
	static final String STARTED = "The application has started";

	private StartApplication() {
	}

	public static void main(String[] args) throws IOException {
		ApplicationListener<ApplicationStartedEvent> listener = (event) -> System.out.println(STARTED);
		try (var context = new SpringApplicationBuilder(Configured.class).web(WebApplicationType.NONE)
			.properties(Map.of("logging.level.root", "ERROR", "spring.main.banner-mode", "off"))
			.listeners(listener)
			.run(args)) {
			context.getBean(ConnPoolClients.class).get(ConnPoolClients.DEFAULT).webClient();
			while (System.in.read() != -1) {
				// Nothing is meant by it.
			}
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Configured {

	}

}
