package dev.connpool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.util.LambdaSafe;

/**
 * Boot's builder after the beans that customize it. It tells which of them change the
 * client that it builds: each operator of an {@link HttpClient} returns another one, and
 * most of what they set has no getter, so that a client is looked at between any two
 * beans, and compared by identity.
 */
final class CustomizedBuilder {

	private static final String BOOT = "org.springframework.boot.";

	private final List<Step> steps = new ArrayList<>();

	private final ReactorClientHttpConnectorBuilder start;

	/** The clients between the steps; {@code null} unless somebody watches. */
	private @Nullable HttpClient @Nullable [] watched;

	CustomizedBuilder(List<NamedBean<ClientHttpConnectorBuilderCustomizer<?>>> customizers) {
		this.start = watch(0, ClientHttpConnectorBuilder.reactor());
		for (NamedBean<ClientHttpConnectorBuilderCustomizer<?>> customizer : customizers) {
			ReactorClientHttpConnectorBuilder before = builder();
			ReactorClientHttpConnectorBuilder after = customize(customizer.bean(), before);
			this.steps.add(new Step(customizer, watch(this.steps.size() + 1, after)));
		}
	}

	/**
	 * Return the builder.
	 * @return the builder with all beans applied
	 */
	ReactorClientHttpConnectorBuilder builder() {
		return this.steps.isEmpty() ? this.start : this.steps.get(this.steps.size() - 1).builder();
	}

	/**
	 * Return which beans change the client, Boot's own not counted. Not to be called once
	 * others may build clients too.
	 * @param build builds a client with {@link #builder()}
	 * @return the names of the beans
	 */
	// A client that an operator was applied to is another one, whatever that has set.
	@SuppressWarnings("ReferenceEquality")
	List<String> changing(Runnable build) {
		@Nullable HttpClient[] clients = new HttpClient[this.steps.size() + 1];
		this.watched = clients;
		build.run();
		this.watched = null;
		List<String> changing = new ArrayList<>();
		for (int i = 0; i < this.steps.size(); i++) {
			// There is none if a bean has replaced the builder.
			if ((clients[i] == null || clients[i] != clients[i + 1]) && !this.steps.get(i).isOfBoot()) {
				changing.add(this.steps.get(i).customizer().name());
			}
		}
		return changing;
	}

	/**
	 * Return the first bean after which something holds of the builder.
	 * @param condition what holds of {@link #builder()}
	 * @return the name of the bean
	 */
	String first(Predicate<ReactorClientHttpConnectorBuilder> condition) {
		return this.steps.stream()
			.filter((step) -> condition.test(step.builder()))
			.map((step) -> step.customizer().name())
			.findFirst()
			.orElseThrow();
	}

	private ReactorClientHttpConnectorBuilder watch(int index, ReactorClientHttpConnectorBuilder builder) {
		return builder.withHttpClientCustomizer((httpClient) -> {
			if (this.watched != null) {
				this.watched[index] = httpClient;
			}
			return httpClient;
		});
	}

	@SuppressWarnings("unchecked")
	private static ReactorClientHttpConnectorBuilder customize(ClientHttpConnectorBuilderCustomizer<?> customizer,
			ReactorClientHttpConnectorBuilder builder) {
		ReactorClientHttpConnectorBuilder[] customized = { builder };
		LambdaSafe.callback(ClientHttpConnectorBuilderCustomizer.class, customizer, builder)
			.invoke((callback) -> customized[0] = (ReactorClientHttpConnectorBuilder) callback.customize(builder));
		return customized[0];
	}

	/**
	 * One bean.
	 *
	 * @param customizer the bean
	 * @param builder the builder after it
	 */
	private record Step(NamedBean<ClientHttpConnectorBuilderCustomizer<?>> customizer,
			ReactorClientHttpConnectorBuilder builder) {

		boolean isOfBoot() {
			return this.customizer.bean().getClass().getName().startsWith(BOOT);
		}

	}

}
