package dev.connpool.benchmarks.tracking;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Map;

/**
 * Makes the client run without tracking in a process of its own.
 */
public final class UntrackedAgent implements ClassFileTransformer {

	private final Map<String, byte[]> classes;

	private UntrackedAgent(Map<String, byte[]> classes) {
		this.classes = classes;
	}

	public static void premain(String arguments, Instrumentation instrumentation) {
		ClassLoader loader = ClassLoader.getSystemClassLoader();
		// Before anything is loaded, as what a transformer throws is ignored.
		instrumentation.addTransformer(new UntrackedAgent(Rewriter.rewrite(loader, Tracking.ALL)));
	}

	@Override
	public byte[] transform(ClassLoader loader, String name, Class<?> redefined, ProtectionDomain domain,
			byte[] bytes) {
		return (name != null) ? this.classes.get(name.replace('/', '.')) : null;
	}

}
