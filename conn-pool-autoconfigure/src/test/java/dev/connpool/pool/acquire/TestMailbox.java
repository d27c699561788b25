package dev.connpool.pool.acquire;

import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

import dev.connpool.pool.host.Mailbox;
import org.assertj.core.api.Assertions;

/**
 * Does what only the mailbox of a host may do, at once, and tells what went wrong.
 *
 * @param mailbox the mailbox
 */
record TestMailbox(Mailbox mailbox) {

	static TestMailbox create() {
		return new TestMailbox(new Mailbox((event) -> ((Runnable) event).run(), () -> {
		}));
	}

	<T> T call(Callable<T> task) {
		FutureTask<T> done = new FutureTask<>(task);
		this.mailbox.post(done);
		Assertions.assertThat(done).isDone();
		try {
			return done.get();
		}
		catch (Exception ex) {
			throw new AssertionError("The mailbox could not do it", ex);
		}
	}

	void run(Runnable task) {
		call(() -> {
			task.run();
			return true;
		});
	}

}
