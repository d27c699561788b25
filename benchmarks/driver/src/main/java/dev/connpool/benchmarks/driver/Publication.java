package dev.connpool.benchmarks.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of a complete run: they appear together or not at all.
 */
final class Publication {

	private static final Path PAGE = Path.of("..", "docs", "performance.md");

	private final String mode;

	private final Path directory;

	private final boolean publish;

	private final Map<Path, String> files = new LinkedHashMap<>();

	Publication(String mode, boolean publish) {
		this.mode = mode;
		this.directory = publish ? Path.of("results") : Path.of("target", "results");
		this.publish = publish;
		if (publish) {
			// Said before an hour is spent.
			page("");
		}
	}

	void add(String extension, String content) {
		this.files.put(this.directory.resolve(this.mode + extension), content);
	}

	/**
	 * Write the files, and the tables into the page if that was asked for.
	 * @param tables the tables
	 */
	void write(String tables) {
		add(".md", tables);
		try {
			Files.createDirectories(this.directory);
			for (Map.Entry<Path, String> file : this.files.entrySet()) {
				Files.writeString(file.getKey(), file.getValue());
			}
			if (this.publish) {
				Files.writeString(PAGE, page(picture() + tables));
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		System.out.println(tables);
		Console.log("Written: " + this.files.keySet());
	}

	private String picture() {
		String name = this.mode + ".svg";
		return this.files.containsKey(this.directory.resolve(name))
				? "![CPU time per request, as bars](../benchmarks/results/%s)%n%n".formatted(name) : "";
	}

	private String page(String tables) {
		String page = read();
		String begin = "<!-- begin %s -->\n".formatted(this.mode);
		String end = "<!-- end %s -->".formatted(this.mode);
		int from = page.indexOf(begin);
		int to = page.indexOf(end);
		if (from < 0 || to < from) {
			throw new StoppedException("%s has no place for '%s'".formatted(PAGE, this.mode));
		}
		return page.substring(0, from + begin.length()) + tables.strip() + "\n" + page.substring(to);
	}

	private static String read() {
		try {
			return Files.readString(PAGE);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
