package dev.connpool.finding;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.connpool.settings.ClientSettings;
import dev.connpool.snapshot.ClientSnapshot;
import org.jspecify.annotations.Nullable;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What should be changed about one client. Safe for use by many threads.
 */
public final class ClientFindings {

	/**
	 * How often a client is looked at.
	 */
	static final Duration PERIOD = Duration.ofSeconds(10);

	private static final Logger log = Loggers.getLogger("dev.connpool.finding");

	/** How long a finding is kept, in periods, after it was last true. */
	private static final int KEPT = 6;

	/** Most findings at once. */
	private static final int MOST = 500;

	/** Findings that are remembered for having been logged. */
	private static final int LOGGED = 1000;

	private final String name;

	private final Supplier<ClientSettings> settings;

	private final Supplier<ClientSnapshot> looking;

	private final Supplier<ClientSnapshot> remembering;

	private final Supplier<List<String>> unpooled;

	private final Observations observations;

	private final long kept;

	private final Map<Key, Seen> findings = new HashMap<>();

	private final Set<Key> logged = Collections.newSetFromMap(new LinkedHashMap<>() {

		@Override
		protected boolean removeEldestEntry(Map.Entry<Key, Boolean> eldest) {
			return size() > LOGGED;
		}

	});

	/**
	 * Create what looks at a client. It does not look before it is asked to.
	 * @param name the client name
	 * @param settings the settings of the client, as they are now
	 * @param looking looks at the client, without listing its connections
	 * @param remembering the same, once in each period, of which the client remembers how
	 * it looks
	 */
	public ClientFindings(String name, Supplier<ClientSettings> settings, Supplier<ClientSnapshot> looking,
			Supplier<ClientSnapshot> remembering) {
		this(name, settings, looking, remembering, List::of);
	}

	/**
	 * Create what looks at a client, and at what bypasses it. It does not look before it
	 * is asked to.
	 * @param name the client name
	 * @param settings the settings of the client, as they are now
	 * @param looking looks at the client, without listing its connections
	 * @param remembering the same, once in each period, of which the client remembers how
	 * it looks
	 * @param unpooled names what is known to bring an HTTP client of its own
	 */
	public ClientFindings(String name, Supplier<ClientSettings> settings, Supplier<ClientSnapshot> looking,
			Supplier<ClientSnapshot> remembering, Supplier<List<String>> unpooled) {
		this(name, settings, looking, remembering, unpooled, PERIOD);
	}

	ClientFindings(String name, Supplier<ClientSettings> settings, Supplier<ClientSnapshot> looking,
			Supplier<ClientSnapshot> remembering, Supplier<List<String>> unpooled, Duration period) {
		this.unpooled = unpooled;
		this.name = name;
		this.settings = settings;
		this.looking = looking;
		this.remembering = remembering;
		this.observations = new Observations(period);
		this.kept = period.toNanos() * KEPT;
	}

	/**
	 * Look at the client, and remember how it looked. To be called once in each period.
	 */
	public synchronized void look() {
		ClientSnapshot snapshot = this.remembering.get().limit(ClientSnapshot.MOST_HOSTS);
		long now = System.nanoTime();
		evaluate(snapshot, now);
		this.observations.add(snapshot, now);
	}

	/**
	 * Return what should be changed.
	 * @return the findings, the worst first
	 */
	public synchronized List<Finding> current() {
		evaluate(snapshot(), System.nanoTime());
		return known();
	}

	/**
	 * Return what was found when somebody looked last.
	 * @return the findings, the worst first
	 */
	synchronized List<Finding> known() {
		return this.findings.values()
			.stream()
			.map(Seen::finding)
			.sorted(Comparator.comparing(Finding::rule)
				.thenComparing(Finding::host, Comparator.nullsFirst(Comparator.naturalOrder())))
			.toList();
	}

	private ClientSnapshot snapshot() {
		return this.looking.get().limit(ClientSnapshot.MOST_HOSTS);
	}

	private void evaluate(ClientSnapshot snapshot, long now) {
		this.findings.values().removeIf((seen) -> now - seen.at() > this.kept);
		ClientEvidence client = new ClientEvidence(this.name, this.settings.get(), this.unpooled.get());
		for (Finding finding : check(client, this.observations.compare(client, snapshot, now))) {
			Key key = new Key(finding.rule(), finding.host());
			if (this.findings.size() >= MOST && !this.findings.containsKey(key)) {
				continue;
			}
			this.findings.put(key, new Seen(finding, now));
			if (this.logged.add(key)) {
				log.warn("Client '{}'{}: {} [{}]", this.name,
						(finding.host() != null) ? ", host " + finding.host() : "", finding.message(),
						finding.rule().id());
			}
		}
	}

	private static List<Finding> check(ClientEvidence client, List<HostEvidence> hosts) {
		List<Finding> found = new ArrayList<>();
		Set<String> silenced = client.settings().findings().silenced();
		for (Rule rule : Rule.values()) {
			if (!silenced.contains(rule.id())) {
				add(found, rule.check(client));
				hosts.forEach((host) -> add(found, rule.check(host)));
			}
		}
		return found;
	}

	private static void add(List<Finding> found, @Nullable Finding finding) {
		if (finding != null) {
			found.add(finding);
		}
	}

	/**
	 * What there is one finding for.
	 */
	private record Key(Rule rule, @Nullable String host) {
	}

	/**
	 * A finding and when it was last true.
	 */
	private record Seen(Finding finding, long at) {
	}

}
