package dev.connpool.benchmarks.soak;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.connpool.benchmarks.Probe;
import io.netty.util.internal.PlatformDependent;

/**
 * What the process holds while nothing happens.
 *
 * @param heap bytes in use after collections
 * @param direct bytes of direct memory
 * @param descriptors open file descriptors
 * @param threads live threads
 */
record Levels(long heap, long direct, long descriptors, long threads) {

	static Levels now() throws InterruptedException {
		return new Levels(Probe.heap(), directMemory(), openDescriptors(),
				ManagementFactory.getThreadMXBean().getThreadCount());
	}

	// Netty's own counter leaves out what the JDK allocates, and the other way round
	private static long directMemory() {
		return Math.max(0, PlatformDependent.usedDirectMemory())
				+ ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
					.stream()
					.filter((pool) -> pool.getName().equals("direct"))
					.mapToLong(BufferPoolMXBean::getMemoryUsed)
					.sum();
	}

	private static long openDescriptors() {
		try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
			return descriptors.count();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
