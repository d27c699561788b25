package dev.connpool.sample.lab;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.connpool.client.PooledHttpClient;
import dev.connpool.client.TlsMaterial;
import dev.connpool.finding.ClientFindings;
import dev.connpool.finding.HastyFindings;
import dev.connpool.sample.backend.Backend;
import dev.connpool.sample.backend.BackendCertificate;
import dev.connpool.sample.client.OpenClient;
import dev.connpool.sample.client.Subject;
import dev.connpool.settings.ClientSettings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;

import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Looks at the client of each lab with all rules: whoever has his clients as the labs
 * have them is not told to change anything.
 */
class LabFindingsIntegrationTests {

	/** A hundredth of what it is in an application. */
	private static final Duration PERIOD = Duration.ofMillis(100);

	/** Its callers wait on purpose, and for longer than this period. */
	private static final Map<String, Set<String>> TO_BE_EXPECTED = Map.of("limit",
			Set.of("pool-saturated", "right-size"));

	private final BackendCertificate certificate = BackendCertificate.create();

	private final Set<String> found = new ConcurrentSkipListSet<>();

	@ParameterizedTest
	@MethodSource
	void noLabProvokesAFindingThatItDoesNotMean(Lab lab) {
		try (Backend backend = new Backend(this.certificate, 0, lab.maxConcurrentStreams())) {
			Measurement seen = new Bench(backend, new WatchedSubject()).measure(lab.experiment());
			assertThat(lab.proof().test(seen)).isTrue();
		}
		assertThat(this.found).isSubsetOf(TO_BE_EXPECTED.getOrDefault(lab.name(), Set.of()));
	}

	static Stream<Lab> noLabProvokesAFindingThatItDoesNotMean() {
		return Labs.create().all().stream();
	}

	private void look(ClientFindings findings) {
		findings.look();
		findings.current().forEach((finding) -> this.found.add(finding.rule().id()));
	}

	/**
	 * The starter's client, looked at all the time.
	 */
	private final class WatchedSubject implements Subject {

		@Override
		public OpenClient open(String baseUrl, ClientSettings settings) {
			TlsMaterial tls = new TlsMaterial(null, LabFindingsIntegrationTests.this.certificate.trustManagers(), null,
					null);
			PooledHttpClient client = new PooledHttpClient("lab", settings, tls, HttpResources.get());
			ClientFindings findings = HastyFindings.of(client, PERIOD);
			findings.look();
			List<Throwable> failures = new CopyOnWriteArrayList<>();
			Disposable looking = Flux.interval(PERIOD.dividedBy(4), Schedulers.boundedElastic())
				.onBackpressureDrop()
				.subscribe((number) -> look(findings), failures::add);
			WebClient webClient = WebClient.builder()
				.baseUrl(baseUrl)
				.clientConnector(new ReactorClientHttpConnector(client.httpClient()))
				.build();
			return new OpenClient(webClient, () -> {
				looking.dispose();
				look(findings);
				client.close();
				assertThat(failures).isEmpty();
			});
		}

	}

}
