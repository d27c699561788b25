package dev.connpool.pool.host;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MailboxTests {

	private final List<Object> handled = new ArrayList<>();

	@Test
	void anEventThatFailsStopsNoOther() {
		Mailbox mailbox = new Mailbox((event) -> {
			this.handled.add(event);
			throw new IllegalStateException("told to fail");
		}, () -> this.handled.add("settled"));
		mailbox.post("one");
		mailbox.post("other");
		assertThat(this.handled).containsExactly("one", "settled", "other", "settled");
	}

	@Test
	void settlingMayFailToo() {
		Mailbox mailbox = new Mailbox(this.handled::add, () -> {
			throw new IllegalStateException("told to fail");
		});
		mailbox.post("one");
		mailbox.post("other");
		assertThat(this.handled).containsExactly("one", "other");
	}

	@Test
	void whatAnEventPostsIsHandledAfterIt() {
		List<Mailbox> mailbox = new ArrayList<>();
		mailbox.add(new Mailbox((event) -> {
			if (event.equals("first")) {
				mailbox.get(0).post("second");
			}
			this.handled.add(event);
		}, () -> {
		}));
		mailbox.get(0).post("first");
		assertThat(this.handled).containsExactly("first", "second");
	}

}
