package dev.connpool.pool.reactor;

import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The context of the exchanges of one request is that of the caller, and leads to the
 * request.
 */
class RequestScopeTests {

	private final Context empty = within(Context.empty());

	private final Context named = within(Context.of("name", "caller"));

	private static Context within(Context caller) {
		AtomicReference<ContextView> seen = new AtomicReference<>(Context.empty());
		Mono<Connection> exchanges = Mono.deferContextual((context) -> {
			seen.set(context);
			return Mono.empty();
		});
		RequestScope.over(exchanges, null).contextWrite(caller).subscribe();
		return (Context) seen.get();
	}

	@Test
	void itIsThatOfTheCaller() {
		assertThat(this.empty.isEmpty()).isTrue();
		assertThat(this.named.stream()).containsExactlyElementsOf(Context.of("name", "caller").stream().toList());
		assertThat(this.named.<String>get("name")).isEqualTo("caller");
		assertThat(this.named.hasKey("other")).isFalse();
		assertThatExceptionOfType(NoSuchElementException.class).isThrownBy(() -> this.named.get("other"));
	}

	@Test
	void itLeadsToTheRequest() {
		assertThat(RequestScope.in(this.empty)).isNotNull();
		assertThat(RequestScope.in(this.named)).isNotNull();
		assertThat(RequestScope.in(Context.of("name", "nobody"))).isNull();
	}

	@Test
	void whatIsMadeOfItLeadsToTheSameRequest() {
		RequestScope scope = RequestScope.in(this.named);
		Context other = Context.of("other", 1);
		for (Context made : new Context[] { this.named.put("other", 1), this.named.putAll(other.readOnly()),
				this.named.putAllMap(Map.of("other", 1)), this.named.delete("name").put("other", 1),
				this.named.putAll(Context.empty().readOnly()).putAll(other.readOnly()) }) {
			assertThat(RequestScope.in(made)).isSameAs(scope);
			assertThat(made.<Integer>get("other")).isEqualTo(1);
		}
		assertThat(this.named.delete("name").hasKey("name")).isFalse();
		assertThat(this.named.put("other", 1).<String>get("name")).isEqualTo("caller");
	}

	@Test
	void itIsNotCopiedIntoItself() {
		assertThat(this.named.putAll(this.named.readOnly())).isSameAs(this.named);
	}

}
