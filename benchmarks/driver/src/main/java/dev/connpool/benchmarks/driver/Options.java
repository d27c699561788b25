package dev.connpool.benchmarks.driver;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was asked for: {@code mode --name=value --flag}.
 */
final class Options {

	private static final Set<String> NAMES = Set.of("clients", "cells", "bursts", "downloads", "rounds", "forks",
			"warm", "window", "java", "port", "publish", "minutes", "rate", "without");

	private final String mode;

	private final Map<String, String> values = new HashMap<>();

	Options(String... arguments) {
		this.mode = (arguments.length > 0) ? arguments[0] : "smoke";
		Arrays.stream(arguments).skip(1).forEach(this::add);
	}

	private void add(String argument) {
		String[] parts = argument.split("=", 2);
		String name = parts[0].replaceFirst("^--", "");
		if (!parts[0].startsWith("--") || !NAMES.contains(name)) {
			throw new StoppedException("There is no option '%s', only %s".formatted(argument,
					NAMES.stream().sorted().map((known) -> "--" + known).toList()));
		}
		this.values.put(name, (parts.length > 1) ? parts[1] : "");
	}

	String mode() {
		return this.mode;
	}

	boolean has(String name) {
		return this.values.containsKey(name);
	}

	String text(String name, String otherwise) {
		return this.values.getOrDefault(name, otherwise);
	}

	int count(String name, int otherwise) {
		return (int) number(name, otherwise);
	}

	double number(String name, double otherwise) {
		String value = this.values.get(name);
		try {
			return (value != null) ? Double.parseDouble(value) : otherwise;
		}
		catch (NumberFormatException ex) {
			throw new StoppedException("--%s=%s is not a number".formatted(name, value));
		}
	}

	List<String> list(String name, List<String> otherwise) {
		String value = this.values.get(name);
		if (value == null) {
			return otherwise;
		}
		return value.isEmpty() ? List.of() : List.of(value.split(","));
	}

}
