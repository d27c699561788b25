package dev.connpool.sample;

import java.util.List;

import dev.connpool.sample.lab.Lab;
import dev.connpool.sample.lab.LabReport;
import dev.connpool.sample.lab.Laboratory;
import dev.connpool.sample.lab.Labs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Mono;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the labs as {@code --exit} does.
 */
@ExtendWith(OutputCaptureExtension.class)
class SampleApplicationIntegrationTests {

	@Test
	void everyClaimHoldsAndTheExitCodeIsZero(CapturedOutput output) {
		ConfigurableApplicationContext context = SampleApplication.start(SampleApplication.EXIT);
		assertThat(SpringApplication.exit(context)).as(output.getOut()).isZero();
		assertThat(output).contains("9 of 9 claims hold.")
			.doesNotContain("✗")
			.doesNotContain("WRONG")
			.doesNotContain("dev.connpool.finding");
	}

	@Test
	void aClaimThatDoesNotHoldFailsTheExitCode(CapturedOutput output) {
		ConfigurableApplicationContext context = run(FalseClaim.class);
		assertThat(SpringApplication.exit(context)).isOne();
		assertThat(output).contains("0 of 1 claims hold.");
	}

	@Test
	void anExperimentThatFailsIsReportedAndFailsTheExitCode(CapturedOutput output) {
		ConfigurableApplicationContext context = run(BrokenExperiment.class);
		LabReport report = context.getBean(Laboratory.class).run(context.getBean(Labs.class).all()).blockLast();
		assertThat(report).isNotNull();
		assertThat(report.connPool().firstFailure()).isEqualTo("IllegalStateException: broken on purpose");
		assertThat(SpringApplication.exit(context)).isOne();
		assertThat(output).contains("first failure was IllegalStateException: broken on purpose");
	}

	private static ConfigurableApplicationContext run(Class<?> labs) {
		return new SpringApplicationBuilder(SampleApplication.class, labs).web(WebApplicationType.NONE).run();
	}

	@Configuration(proxyBeanMethods = false)
	static class FalseClaim {

		@Bean
		@Primary
		Labs falseClaim() {
			return new Labs(List.of(),
					List.of(new Lab("false-claim", "nothing is open", 1, (bench) -> Mono.empty(), (seen) -> false)));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class BrokenExperiment {

		@Bean
		@Primary
		Labs brokenExperiment() {
			return new Labs(List.of(),
					List.of(new Lab("broken", "none fails", 1,
							(bench) -> Mono.error(new IllegalStateException("broken on purpose")),
							(seen) -> seen.failed() == 0)));
		}

	}

}
