package dev.connpool.pool.exchange;

import io.micrometer.context.ContextSnapshotFactory;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Does something in the context of a caller: with the trace that its Reactor context
 * carries, if Micrometer's context propagation is there to read it.
 */
public final class CallerContext {

	private static final boolean AVAILABLE = isAvailable();

	private CallerContext() {
	}

	/**
	 * Return the context of the present thread.
	 * @return what is known of it, perhaps nothing
	 */
	public static Context capture() {
		return AVAILABLE ? Propagation.capture() : Context.empty();
	}

	static void run(ContextView context, Runnable action) {
		if (AVAILABLE && !context.isEmpty()) {
			Propagation.run(context, action);
		}
		else {
			action.run();
		}
	}

	private static boolean isAvailable() {
		try {
			return Propagation.isAvailable();
		}
		catch (NoClassDefFoundError ex) {
			return false;
		}
	}

	/**
	 * What needs an optional dependency.
	 */
	private static final class Propagation {

		private static final ContextSnapshotFactory SNAPSHOTS = ContextSnapshotFactory.builder().build();

		private Propagation() {
		}

		static boolean isAvailable() {
			return SNAPSHOTS != null;
		}

		static Context capture() {
			return SNAPSHOTS.captureAll().updateContext(Context.empty());
		}

		static void run(ContextView context, Runnable action) {
			SNAPSHOTS.captureFrom(context).wrap(action).run();
		}

	}

}
