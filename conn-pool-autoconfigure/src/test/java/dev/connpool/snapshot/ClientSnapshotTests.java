package dev.connpool.snapshot;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClientSnapshotTests {

	private final Map<String, HostSnapshot> hosts = new HashMap<>();

	// B47
	@Test
	void theHostsThatAreKeptAreTheWorstAndThenTheMostUsed() {
		add("unused", 0, 0, 0, 0, 1);
		add("used", 0, 0, 0, 0, 1000);
		add("connected", 0, 0, 0, 3, 2);
		add("refusing", 0, 0, 1, 0, 2);
		add("leaking", 0, 1, 0, 0, 2);
		add("waited-for", 1, 0, 0, 0, 2);
		assertThat(kept(1)).containsExactly("waited-for");
		assertThat(kept(2)).containsExactly("leaking", "waited-for");
		assertThat(kept(3)).containsExactly("leaking", "refusing", "waited-for");
		assertThat(kept(4)).containsExactly("connected", "leaking", "refusing", "waited-for");
		assertThat(kept(5)).containsExactly("connected", "leaking", "refusing", "used", "waited-for");
		assertThat(kept(6)).hasSize(6);
	}

	@Test
	void whatIsLeftOutIsCounted() {
		add("one", 0, 0, 0, 1, 1);
		add("two", 0, 0, 0, 1, 1);
		add("three", 0, 0, 0, 1, 1);
		assertThat(snapshot().limit(3)).isEqualTo(snapshot());
		assertThat(snapshot().limit(2).omittedHosts()).isOne();
		assertThat(snapshot().limit(2).limit(1).omittedHosts()).isEqualTo(2);
	}

	private Iterable<String> kept(int most) {
		return snapshot().limit(most).hosts().keySet();
	}

	private ClientSnapshot snapshot() {
		return new ClientSnapshot("orders", List.of(), this.hosts, List.of(), false);
	}

	private void add(String host, int pending, int leaking, long turnedAway, int idle, long acquired) {
		this.hosts.put(host, new HostSnapshot(null, null, 1, new HostSnapshot.Connections(0, 0, 0, idle, 0, 0),
				new HostSnapshot.Streams(0, 0), List.of(), 1, pending, null, null, leaking, new HostSnapshot.Counters(0,
						0, 0, 0, acquired, 0, 0, 0, 0, turnedAway, 0, 0, Map.of(), Map.of(), Map.of(), Map.of()),
				Latency.NONE, List.of(), null, null, 0));
	}

}
