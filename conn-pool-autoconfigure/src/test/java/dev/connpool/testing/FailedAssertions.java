package dev.connpool.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test during which an assertion of the pool failed, wherever that was: a mailbox
 * and an event loop survive what is thrown in them, and only log it. Registered for all
 * tests.
 */
public final class FailedAssertions extends AppenderBase<ILoggingEvent>
		implements BeforeEachCallback, AfterEachCallback {

	private final Queue<Throwable> failed = new ConcurrentLinkedQueue<>();

	@Override
	public void beforeEach(ExtensionContext context) {
		// An application that a test has started may have removed it.
		Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
		if (!root.isAttached(this)) {
			root.addAppender(this);
		}
		start();
	}

	@Override
	protected void append(ILoggingEvent event) {
		Throwable each = (event.getThrowableProxy() instanceof ThrowableProxy proxy) ? proxy.getThrowable() : null;
		while (each != null && !isOfPool(each)) {
			each = each.getCause();
		}
		if (each != null) {
			this.failed.add(each);
		}
	}

	private static boolean isOfPool(@Nullable Throwable thrown) {
		return thrown instanceof AssertionError error && error.getStackTrace().length > 0
				&& error.getStackTrace()[0].getClassName().startsWith("dev.connpool.pool.");
	}

	@Override
	public void afterEach(ExtensionContext context) {
		List<Throwable> found = new ArrayList<>();
		for (Throwable next = this.failed.poll(); next != null; next = this.failed.poll()) {
			found.add(next);
		}
		if (!found.isEmpty()) {
			AssertionError error = new AssertionError("An assertion of the pool failed", found.get(0));
			found.stream().skip(1).forEach(error::addSuppressed);
			throw error;
		}
	}

}
