package dev.connpool.sample;

import java.util.List;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Runs the labs and stays up for looking at, or ends with {@code --exit}.
 */
@SpringBootApplication
public class SampleApplication {

	static final String EXIT = "--exit";

	public static void main(String[] args) {
		ConfigurableApplicationContext context = start(args);
		if (exits(args)) {
			System.exit(SpringApplication.exit(context));
		}
	}

	static ConfigurableApplicationContext start(String... args) {
		SpringApplication application = new SpringApplication(SampleApplication.class);
		if (exits(args)) {
			application.setWebApplicationType(WebApplicationType.NONE);
		}
		return application.run(args);
	}

	private static boolean exits(String... args) {
		return List.of(args).contains(EXIT);
	}

}
