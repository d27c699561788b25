package dev.connpool.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Named values of one measurement, as a line of text between processes.
 *
 * @param values the values by name
 */
public record Row(Map<String, String> values) {

	private static final String MARK = "ROW\t";

	public Row() {
		this(new LinkedHashMap<>());
	}

	public Row with(String name, Object value) {
		this.values.put(name, (value instanceof Double number) ? String.format(Locale.ROOT, "%.3f", number)
				: value.toString().replaceAll("\\p{Cntrl}", " "));
		return this;
	}

	public String text(String name) {
		return this.values.getOrDefault(name, "");
	}

	public double number(String name) {
		return Double.parseDouble(this.values.get(name));
	}

	public String line() {
		return this.values.entrySet()
			.stream()
			.map((value) -> value.getKey() + "=" + value.getValue())
			.collect(Collectors.joining("\t", MARK, ""));
	}

	/**
	 * Read a line.
	 * @param line what a process has printed
	 * @return the values, or {@code null} if it is something else
	 */
	public static Row parse(String line) {
		if (!line.startsWith(MARK)) {
			return null;
		}
		Row row = new Row();
		for (String value : line.substring(MARK.length()).split("\t")) {
			String[] parts = value.split("=", 2);
			row.values.put(parts[0], parts[1]);
		}
		return row;
	}

}
