package dev.connpool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/**
 * A builder of Boot after the beans that customize it. It tells which of them change the
 * client that it builds: each operator of an {@link HttpClient} returns another one, and
 * most of what they set has no getter, so that a client is looked at between any two
 * beans, and compared by identity.
 *
 * @param <B> the type of the builder
 */
final class CustomizedBuilder<B> {

	private static final String BOOT = "org.springframework.boot.";

	private final List<Step<B>> steps = new ArrayList<>();

	private final Watching<B> watching;

	private final B start;

	/** How often the client was changed between the steps after it was built. */
	private int @Nullable [] counts;

	private int operators;

	/** The clients between the steps; {@code null} unless somebody watches. */
	private @Nullable HttpClient @Nullable [] watched;

	/**
	 * Begin.
	 * @param builder the builder of Boot before all beans
	 * @param watching has something look at what a builder has come to
	 */
	CustomizedBuilder(B builder, Watching<B> watching) {
		this.watching = watching;
		this.start = watch(0, builder);
	}

	/**
	 * Apply the beans.
	 * @param <C> the type of the beans
	 * @param customizers the beans in their order
	 * @param customize applies one of them to a builder
	 * @return this
	 */
	<C> CustomizedBuilder<B> apply(List<NamedBean<C>> customizers, BiFunction<C, B, B> customize) {
		for (NamedBean<C> customizer : customizers) {
			B after = customize.apply(customizer.bean(), builder());
			this.steps.add(new Step<>(customizer, watch(this.steps.size() + 1, after)));
		}
		return this;
	}

	/**
	 * Return the builder.
	 * @return the builder with all beans applied
	 */
	B builder() {
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
		int[] counts = new int[this.steps.size() + 1];
		this.watched = clients;
		this.counts = counts;
		build.run();
		this.watched = null;
		this.counts = null;
		List<String> changing = new ArrayList<>();
		for (int i = 0; i < this.steps.size(); i++) {
			// There is none before a bean that has replaced the builder.
			if ((clients[i] != clients[i + 1] || counts[i] != counts[i + 1]) && !this.steps.get(i).isOfBoot()) {
				changing.add(this.steps.get(i).customizer().name());
			}
		}
		return changing;
	}

	/**
	 * Note that an operator was applied to the client after it was built: whoever
	 * customizes what is made of it can still do that.
	 */
	void changedLater() {
		this.operators++;
	}

	/**
	 * Return the first bean after which something holds of the builder.
	 * @param condition what holds of {@link #builder()}
	 * @return the name of the bean
	 */
	String first(Predicate<B> condition) {
		return this.steps.stream()
			.filter((step) -> condition.test(step.builder()))
			.map((step) -> step.customizer().name())
			.findFirst()
			.orElseThrow();
	}

	private B watch(int index, B builder) {
		return this.watching.add(builder, (httpClient) -> {
			if (this.watched != null) {
				this.watched[index] = httpClient;
			}
			return httpClient;
		}, () -> {
			if (this.counts != null) {
				this.counts[index] = this.operators;
			}
		});
	}

	/**
	 * Has something look at what a builder has come to.
	 *
	 * @param <B> the type of the builder
	 */
	interface Watching<B> {

		/**
		 * Add what looks.
		 * @param builder the builder so far
		 * @param client looks at the client that is built
		 * @param later looks when what is made of the client has been customized so far
		 * @return the builder
		 */
		B add(B builder, UnaryOperator<HttpClient> client, Runnable later);

	}

	/**
	 * One bean.
	 *
	 * @param <B> the type of the builder
	 * @param customizer the bean
	 * @param builder the builder after it
	 */
	private record Step<B>(NamedBean<?> customizer, B builder) {

		boolean isOfBoot() {
			return this.customizer.bean().getClass().getName().startsWith(BOOT);
		}

	}

}
