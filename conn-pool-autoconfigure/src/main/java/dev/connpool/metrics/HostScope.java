package dev.connpool.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import dev.connpool.snapshot.HostSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The part of a registry that belongs to one host: its meters bear the tags of the host
 * and go together. Safe for use by many threads.
 */
final class HostScope {

	private final MeterRegistry registry;

	private final Tags tags;

	private final Supplier<List<HostSnapshot>> now;

	private final List<Meter> registered = new ArrayList<>();

	private boolean removed;

	HostScope(MeterRegistry registry, String client, ServerAddress server, Supplier<List<HostSnapshot>> now) {
		this.registry = registry;
		this.tags = Tags.of(MeterTag.CLIENT.asString(), client, MeterTag.ADDRESS.asString(), server.address(),
				MeterTag.PORT.asString(), server.port());
		this.now = now;
	}

	/**
	 * Add a number of the moment.
	 * @param meter which
	 * @param own its tags besides those of the host
	 * @param value reads the number
	 */
	synchronized void gauge(ConnPoolMeters meter, Tags own, ToDoubleFunction<HostSnapshot> value) {
		if (!this.removed) {
			Supplier<Number> sum = () -> this.now.get().stream().mapToDouble(value).sum();
			this.registered.add(meter.gauge(this.registry, this.tags.and(own), sum));
		}
	}

	/**
	 * Add a number that is set.
	 * @param meter which
	 * @param value reads the number
	 */
	synchronized void setting(ConnPoolMeters meter, IntSupplier value) {
		this.registered.add(meter.gauge(this.registry, this.tags, value::getAsInt));
	}

	/**
	 * Add a timer.
	 * @param meter which
	 * @param own its tags besides those of the host
	 * @return the timer, or {@code null} if the host was forgotten
	 */
	synchronized @Nullable Timer timer(ConnPoolMeters meter, Tags own) {
		return this.removed ? null : keep(meter.timer(this.registry, this.tags.and(own)));
	}

	/**
	 * Add a counter.
	 * @param meter which
	 * @param own its tags besides those of the host
	 * @return the counter, or {@code null} if the host was forgotten
	 */
	synchronized @Nullable Counter counter(ConnPoolMeters meter, Tags own) {
		return this.removed ? null : keep(meter.counter(this.registry, this.tags.and(own)));
	}

	private <M extends Meter> M keep(M meter) {
		this.registered.add(meter);
		return meter;
	}

	/**
	 * Take all meters out of the registry, and add no more.
	 */
	synchronized void remove() {
		this.removed = true;
		this.registered.forEach(this.registry::remove);
	}

}
