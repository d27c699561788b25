package dev.connpool.benchmarks.tracking;

import java.util.List;
import java.util.Map;

import dev.connpool.benchmarks.ClientAdapter;

/**
 * The client in a class loader of its own.
 */
enum Variant {

	/** Without tracking, deadlines and replay. */
	BARE("plain", Safeguards.WITH_TRACKING),

	/** Without what exists only to be looked at. */
	UNTRACKED("plain", Tracking.ALL),

	/** As it is, in an application that has no meters. */
	TRACKED("plain", List.of()),

	/** As it is, with its meters in a registry. */
	METERED("metered", List.of());

	private final String options;

	private final List<Removal> removals;

	Variant(String options, List<Removal> removals) {
		this.options = options;
		this.removals = removals;
	}

	String options() {
		return this.options;
	}

	ClientAdapter load() throws ReflectiveOperationException {
		ClassLoader loader = new Loader(this.removals);
		return (ClientAdapter) loader.loadClass(PooledAdapter.class.getName()).getDeclaredConstructor().newInstance();
	}

	/**
	 * Loads the client anew and leaves the rest to the parent.
	 */
	private static final class Loader extends ClassLoader {

		private final Map<String, byte[]> rewritten;

		Loader(List<Removal> removals) {
			super(Variant.class.getClassLoader());
			this.rewritten = Rewriter.rewrite(getParent(), removals);
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			boolean ours = name.startsWith("dev.connpool.") && !name.startsWith("dev.connpool.benchmarks.");
			if (!ours && !name.equals(PooledAdapter.class.getName())) {
				return super.loadClass(name, resolve);
			}
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				return (loaded != null) ? loaded : define(name);
			}
		}

		private Class<?> define(String name) {
			byte[] bytes = this.rewritten.get(name);
			byte[] code = (bytes != null) ? bytes : Rewriter.read(getParent(), name);
			return defineClass(name, code, 0, code.length);
		}

	}

}
