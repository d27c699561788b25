package dev.connpool.autoconfigure;

import java.time.Instant;

import dev.connpool.actuate.ApplicationDescriptor;

import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;

/**
 * Finds out what an application is called, and what tells one instance from another.
 */
final class ApplicationIdentity {

	private ApplicationIdentity() {
	}

	static ApplicationDescriptor of(ApplicationContext context) {
		Environment environment = context.getEnvironment();
		String host = environment.getProperty("HOSTNAME", "localhost");
		return new ApplicationDescriptor(environment.getProperty("spring.application.name"),
				"%s:%d".formatted(host, ProcessHandle.current().pid()),
				environment.getProperty("spring.application.version"),
				Instant.ofEpochMilli(context.getStartupDate()).toString());
	}

}
