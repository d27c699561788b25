package dev.connpool.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.connpool.actuate.ActionDescriptor;
import dev.connpool.actuate.ClientsDescriptor;
import dev.connpool.actuate.ConnPoolEndpoint;
import dev.connpool.actuate.ConnPoolEndpointWebExtension;
import dev.connpool.actuate.ConnectionDescriptor;
import dev.connpool.actuate.HostDescriptor;
import dev.connpool.actuate.ProblemDescriptor;
import dev.connpool.settings.ClientSettings;
import dev.connpool.settings.ProxySettings;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles.Kind;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientsProperties;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.ResolvableType;
import org.springframework.core.io.InputStreamSource;
import org.springframework.javapoet.ClassName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is generated for an application that is processed ahead of time.
 */
class AheadOfTimeTests {

	private static final InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();

	private static RuntimeHints hints = new RuntimeHints();

	@BeforeAll
	static void process() {
		DefaultGenerationContext generation = new DefaultGenerationContext(
				new ClassNameGenerator(ClassName.get("dev.connpool.generated", "Application")), files);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			TestPropertyValues
				.of("conn-pool.clients.orders.pool.max-connections-per-host=7",
						"management.endpoints.web.exposure.include=connpool")
				.applyTo(context);
			context.register(ConnPoolAutoConfiguration.class, ConnPoolConnectorAutoConfiguration.class,
					ConnPoolWebClientAutoConfiguration.class, HttpClientAutoConfiguration.class,
					ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
					EndpointAutoConfiguration.class, ConnPoolEndpointAutoConfiguration.class);
			new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
			generation.writeGeneratedContent();
			hints = generation.getRuntimeHints();
		}
	}

	@Test
	void namedClientsAreRegisteredWhenTheApplicationStarts() {
		assertThat(sources()).anyMatch((source) -> source.contains("new ClientBeanRegistrar()"))
			.noneMatch((source) -> source.contains("\"orders\""));
	}

	@ParameterizedTest
	@MethodSource
	void ourPropertiesCanBeBound(Class<?> properties) {
		assertThat(RuntimeHintsPredicates.reflection().onConstructorInvocation(properties.getDeclaredConstructors()[0]))
			.accepts(hints);
	}

	static Set<Class<?>> ourPropertiesCanBeBound() throws ClassNotFoundException {
		Set<Class<?>> found = new LinkedHashSet<>(Set.of(ConnPoolEndpointProperties.class));
		collect(Class.forName("dev.connpool.autoconfigure.binding.ConnPoolProperties"), found);
		return found;
	}

	private static void collect(Class<?> properties, Set<Class<?>> found) {
		if (found.add(properties)) {
			for (RecordComponent component : properties.getRecordComponents()) {
				ResolvableType type = ResolvableType.forMethodReturnType(component.getAccessor());
				Stream.of(type.resolve(), type.getGeneric(1).resolve())
					.filter((nested) -> nested != null && nested.isRecord())
					.forEach((nested) -> collect(nested, found));
			}
		}
	}

	@Test
	void bootsPropertiesCanBeBoundByUs() {
		for (Class<?> properties : List.of(HttpClientsProperties.class, HttpClientProperties.class,
				HttpClientSettingsProperties.Ssl.class)) {
			assertThat(Stream.of(properties.getMethods()).filter((method) -> method.getName().startsWith("set")))
				.isNotEmpty()
				.allSatisfy((setter) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(setter))
					.accepts(hints));
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { ClientsDescriptor.class, HostDescriptor.class, ConnectionDescriptor.class,
			ConnectionDescriptor.Http2.class, ActionDescriptor.class, ProblemDescriptor.class, ClientSettings.class,
			ProxySettings.class })
	void whatTheEndpointAnswersCanBeWritten(Class<? extends Record> answer) {
		assertThat(answer.getRecordComponents()).allSatisfy((component) -> assertThat(
				RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
			.accepts(hints));
	}

	@ParameterizedTest
	@ValueSource(classes = { ConnPoolEndpoint.class, ConnPoolEndpointWebExtension.class })
	void operationsOfTheEndpointCanBeCalled(Class<?> endpoint) {
		assertThat(Stream.of(endpoint.getDeclaredMethods())
			.filter((method) -> method.getAnnotations().length > 0 && !method.isSynthetic())).isNotEmpty()
			.allSatisfy((operation) -> assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(operation))
				.accepts(hints));
	}

	@Test
	void thePageIsTakenAlong() {
		assertThat(RuntimeHintsPredicates.resource().forResource("dev/connpool/actuate/connpool.html")).accepts(hints);
	}

	private static List<String> sources() {
		return files.getGeneratedFiles(Kind.SOURCE).values().stream().map(AheadOfTimeTests::text).toList();
	}

	private static String text(InputStreamSource source) {
		try (InputStream in = source.getInputStream()) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
