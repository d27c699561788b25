package dev.connpool.actuate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.core.io.ClassPathResource;

/**
 * The page that shows the clients to a browser.
 */
final class LivePage {

	static final String POLICY_HEADER = "Content-Security-Policy";

	/** What the page cannot say itself (CSP 3, section 3.3). */
	static final String POLICY = "frame-ancestors 'none'";

	private static final String MUTATIONS = "<meta name=\"connpool-mutations\" content=\"%s\">";

	private static final ClassPathResource FILE = new ClassPathResource("connpool.html", LivePage.class);

	private LivePage() {
	}

	/**
	 * Read the page.
	 * @param mutable whether it offers to close connections
	 * @return the page as HTML
	 */
	static String read(boolean mutable) {
		try {
			String page = FILE.getContentAsString(StandardCharsets.UTF_8);
			return page.replace(MUTATIONS.formatted(false), MUTATIONS.formatted(mutable));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Takes the file into a native image.
	 */
	static final class Hints implements RuntimeHintsRegistrar {

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			hints.resources().registerResource(FILE);
		}

	}

}
