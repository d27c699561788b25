package dev.connpool.autoconfigure;

import dev.connpool.finding.Findings;
import dev.connpool.metrics.ConnPoolMetrics;
import dev.connpool.metrics.FindingMeters;
import dev.connpool.metrics.MeteredClient;
import dev.connpool.web.ConnPoolClients;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for meters about connections.
 */
@AutoConfiguration(after = ConnPoolAutoConfiguration.class,
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean({ ConnPoolClients.class, MeterRegistry.class })
public final class ConnPoolMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	ConnPoolMetrics connPoolMetrics(ObjectProvider<ConnPoolClients> clients) {
		// The clients are made with this as a listener, so they can only be asked for
		// later.
		return new ConnPoolMetrics(() -> clients.getObject()
			.stream()
			.map((client) -> new MeteredClient(client.name(), client::settings, client::snapshot)));
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(Findings.class)
	FindingMeters connPoolFindingMeters(ConnPoolClients clients, Findings findings) {
		return new FindingMeters(findings, clients.names());
	}

}
