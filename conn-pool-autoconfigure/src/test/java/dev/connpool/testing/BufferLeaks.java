package dev.connpool.testing;

import java.lang.ref.WeakReference;
import java.time.Duration;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Fails a test class that leaked a buffer. Netty notices a leak when the next buffer is
 * allocated after the garbage collector found the lost one.
 */
final class BufferLeaks implements AutoCloseable {

	private static final int ALLOCATIONS = 16;

	private final Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);

	private final ListAppender<ILoggingEvent> reports = new ListAppender<>();

	private BufferLeaks() {
		this.reports.start();
		this.logger.addAppender(this.reports);
	}

	static void watch(ExtensionContext context) {
		ExtensionContext owner = context;
		while (owner.getTestMethod().isPresent()) {
			owner = owner.getParent().orElseThrow();
		}
		owner.getStore(ExtensionContext.Namespace.create(BufferLeaks.class))
			.computeIfAbsent(BufferLeaks.class, (type) -> new BufferLeaks());
	}

	@Override
	public void close() {
		collectGarbage();
		for (int allocation = 0; allocation < ALLOCATIONS; allocation++) {
			ByteBufAllocator.DEFAULT.directBuffer(1).release();
		}
		this.logger.detachAppender(this.reports);
		assertThat(this.reports.list).extracting(ILoggingEvent::getFormattedMessage)
			.noneMatch((message) -> message.contains("LEAK"));
	}

	private static void collectGarbage() {
		WeakReference<Object> canary = new WeakReference<>(new Object());
		await().pollInterval(Duration.ofMillis(5)).until(() -> {
			System.gc();
			return canary.get() == null;
		});
	}

}
