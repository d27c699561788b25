package dev.connpool.benchmarks.driver;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.connpool.benchmarks.Row;

/**
 * All that was measured in one run.
 */
final class Results {

	private final List<Row> rows = new ArrayList<>();

	void add(Row row) {
		this.rows.add(row);
	}

	Stream<Row> where(Predicate<Row> condition) {
		return this.rows.stream().filter(condition);
	}

	String csv() {
		Set<String> names = new LinkedHashSet<>();
		this.rows.forEach((row) -> names.addAll(row.values().keySet()));
		return Stream.concat(Stream.of(String.join(",", names)), this.rows.stream().map((row) -> line(row, names)))
			.collect(Collectors.joining("\n", "", "\n"));
	}

	private static String line(Row row, Set<String> names) {
		return names.stream()
			.map((name) -> row.text(name).replace('"', '\''))
			.map((value) -> value.contains(",") ? '"' + value + '"' : value)
			.collect(Collectors.joining(","));
	}

}
