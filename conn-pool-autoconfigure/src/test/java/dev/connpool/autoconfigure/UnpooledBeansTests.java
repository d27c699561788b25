package dev.connpool.autoconfigure;

import java.net.http.HttpClient;

import org.junit.jupiter.api.Test;

import org.springframework.context.support.GenericApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnpooledBeans}.
 */
class UnpooledBeansTests {

	@Test
	void beansOfKnownTypesAreNamedOnceAllAreKnownAndNoneIsCreated() {
		try (GenericApplicationContext context = new GenericApplicationContext()) {
			UnpooledBeans beans = new UnpooledBeans(context.getBeanFactory());
			context.registerBean("search", HttpClient.class, () -> {
				throw new IllegalStateException("It is lazy");
			}, (definition) -> definition.setLazyInit(true));
			context.registerBean("other", String.class, () -> "no client");
			assertThat(beans.get()).isEmpty();
			context.refresh();
			assertThat(beans.get()).containsExactly("search (java.net.http.HttpClient)");
		}
	}

}
