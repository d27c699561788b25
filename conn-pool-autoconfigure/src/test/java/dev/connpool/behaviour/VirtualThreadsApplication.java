package dev.connpool.behaviour;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.connpool.finding.Finding;
import dev.connpool.finding.Findings;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestCertificate;
import dev.connpool.testing.TestServer;
import dev.connpool.web.ConnPoolClients;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.web.client.RestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An application on virtual threads, in a process of its own: what Reactor's schedulers
 * run on is decided once in each.
 */
@EnableAutoConfiguration
@Configuration(proxyBeanMethods = false)
public class VirtualThreadsApplication {

	private static final int CALLERS = 200;

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@Bean
	SslBundleRegistrar testBundle() {
		return (registry) -> registry.registerBundle("test",
				SslBundle.of(SslStoreBundle.of(null, null, TestCertificate.LOOPBACK.trustStore())));
	}

	/**
	 * Send requests, wait for a finding that needs two looks, and end in order.
	 * @param args unused
	 * @throws Exception ends the process with an exit code that is not 0
	 */
	public static void main(String[] args) throws Exception {
		ConfigurableApplicationContext context = new SpringApplicationBuilder(VirtualThreadsApplication.class)
			.web(WebApplicationType.NONE)
			.properties("spring.threads.virtual.enabled=true", "conn-pool.ssl.bundle=test")
			.run();
		TestServer server = TestServer.h1Tls().start(new Network());
		assertThat(Mono.fromCallable(VirtualThreadsApplication::isVirtual)
			.subscribeOn(Schedulers.boundedElastic())
			.block()).isTrue();
		RestClient restClient = context.getBean(RestClient.Builder.class).build();
		AsyncTaskExecutor executor = context.getBean("applicationTaskExecutor", AsyncTaskExecutor.class);
		List<Future<String>> calls = new ArrayList<>();
		for (int caller = 0; caller < CALLERS; caller++) {
			calls.add(executor.submit((Callable<String>) () -> {
				assertThat(isVirtual()).isTrue();
				return restClient.get().uri(server.url("/hello")).retrieve().body(String.class);
			}));
		}
		for (Future<String> call : calls) {
			assertThat(call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("hello");
		}
		Findings findings = context.getBean(Findings.class);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(findings.known(ConnPoolClients.DEFAULT)).extracting(Finding::rule)
				.extracting(Object::toString)
				.contains("HTTP2_FALLBACK"));
		System.exit(SpringApplication.exit(context));
	}

	// This is compiled for Java 17
	private static boolean isVirtual() throws ReflectiveOperationException {
		return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
	}

}
