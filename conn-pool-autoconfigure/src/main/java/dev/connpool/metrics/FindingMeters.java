package dev.connpool.metrics;

import java.util.Collection;
import java.util.List;

import dev.connpool.finding.Finding;
import dev.connpool.finding.Findings;
import dev.connpool.finding.Rule;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * How many findings there are: one gauge for each client and rule, however many hosts
 * there are.
 */
public final class FindingMeters implements MeterBinder {

	private final Findings findings;

	private final List<String> clients;

	/**
	 * Create the meters.
	 * @param findings the findings
	 * @param clients the names of the clients
	 */
	public FindingMeters(Findings findings, Collection<String> clients) {
		this.findings = findings;
		this.clients = List.copyOf(clients);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (String client : this.clients) {
			for (Rule rule : Rule.values()) {
				Tags tags = Tags.of(MeterTag.CLIENT.asString(), client, MeterTag.RULE.asString(), rule.id(),
						MeterTag.SEVERITY.asString(), rule.severity().id());
				ConnPoolMeters.FINDINGS.gauge(registry, tags, () -> count(client, rule));
			}
		}
	}

	private long count(String client, Rule rule) {
		return this.findings.known(client).stream().map(Finding::rule).filter(rule::equals).count();
	}

}
