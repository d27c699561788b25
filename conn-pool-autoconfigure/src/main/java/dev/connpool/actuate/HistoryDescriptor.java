package dev.connpool.actuate;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.connpool.snapshot.HostEvent;
import dev.connpool.snapshot.HostHistory;
import dev.connpool.snapshot.HostHistory.Value;
import org.jspecify.annotations.Nullable;

/**
 * How a host was, in slots of ten seconds. A value is {@code null} where nobody has
 * looked.
 *
 * @param endsAt the end of the last slot
 * @param step how long a slot is
 * @param slots how many there are
 * @param values the values of each slot, the earliest first, by what they are of; left
 * out if all are 0
 * @param failed the requests that failed in each slot, by kind; left out if all are 0
 */
@JsonInclude
@JsonPropertyOrder({ "endsAt", "step", "slots", "values", "failed" })
public record HistoryDescriptor(String endsAt, String step, int slots, Map<String, List<@Nullable Number>> values,
		Map<String, List<@Nullable Number>> failed) {

	private static final double MICROS = 1e6;

	static HistoryDescriptor of(HostHistory history) {
		Map<String, List<@Nullable Number>> values = new LinkedHashMap<>();
		history.values().forEach((value, numbers) -> values.put(name(value), numbers(numbers, isTime(value))));
		Map<String, List<@Nullable Number>> failed = new LinkedHashMap<>();
		history.failed().forEach((kind, numbers) -> failed.put(kind, numbers(numbers, false)));
		return new HistoryDescriptor(history.endsAt().toString(), "PT10S", history.slots(), values, failed);
	}

	private static boolean isTime(Value value) {
		return switch (value) {
			case WAIT_P50, WAIT_P99, HEADERS_P50, HEADERS_P90, HEADERS_P99 -> true;
			default -> false;
		};
	}

	private static String name(Value value) {
		String name = value.name().toLowerCase(Locale.ROOT);
		int underscore = name.indexOf('_');
		return (underscore < 0) ? name
				: name.substring(0, underscore) + name.substring(underscore + 1).toUpperCase(Locale.ROOT);
	}

	private static List<@Nullable Number> numbers(int[] values, boolean micros) {
		return Arrays.stream(values)
			.mapToObj((value) -> (value < 0) ? null : micros ? (Number) (value / MICROS) : (Number) value)
			.toList();
	}

	/**
	 * Something that happened with a host.
	 *
	 * @param at when it happened first
	 * @param kind what happened: {@code opened}, {@code closed}, {@code dial-failed},
	 * {@code goaway} or {@code failing}
	 * @param connection the id of the connection; {@code null} if it was none, or several
	 * @param reason why
	 * @param text what was said about it, or {@code null}
	 * @param count how often it happened within ten seconds
	 */
	@JsonInclude
	@JsonPropertyOrder({ "at", "kind", "connection", "reason", "text", "count" })
	public record Event(String at, String kind, @Nullable String connection, @Nullable String reason,
			@Nullable String text, int count) {

		static Event of(HostEvent event) {
			return new Event(event.at().toString(), event.kind(), event.connection(), event.reason(), event.text(),
					event.count());
		}

	}

}
