package dev.connpool.sample;

import java.nio.charset.Charset;
import java.util.List;

import dev.connpool.sample.lab.LabReport;
import dev.connpool.sample.lab.Laboratory;
import dev.connpool.sample.lab.Labs;
import dev.connpool.sample.lab.ReportTable;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Runs every lab once the application is up, prints the table and knows the exit code.
 */
@Component
@Profile("!sick")
class LabsAtStart implements ApplicationRunner, ExitCodeGenerator {

	private static final String WELCOME = """

			Still up. Look at  http://localhost:%1$s/labs                 the labs; POST to run all, POST /labs/{name} to run one
			                   http://localhost:%1$s/try                  1,000 requests through the injected WebClient
			                   http://localhost:%1$s/actuator/connpool    the connections behind it
			End with Ctrl+C.
			""";

	private final Laboratory laboratory;

	private final Labs labs;

	private final Environment environment;

	private volatile boolean verified;

	LabsAtStart(Laboratory laboratory, Labs labs, Environment environment) {
		this.laboratory = laboratory;
		this.labs = labs;
		this.environment = environment;
	}

	@Override
	public void run(ApplicationArguments arguments) {
		this.laboratory.run(this.labs.warmUp()).blockLast();
		ReportTable table = new ReportTable(System.out, terminal());
		table.begin();
		List<LabReport> reports = this.laboratory.run(this.labs.all()).doOnNext(table::row).toStream().toList();
		table.end(reports);
		this.verified = reports.stream().allMatch(LabReport::verified);
		String port = this.environment.getProperty("local.server.port");
		if (port != null) {
			System.out.printf(WELCOME, port);
		}
	}

	@Override
	public int getExitCode() {
		return this.verified ? 0 : 1;
	}

	private static Charset terminal() {
		String console = firstProperty("stdout.encoding", "sun.stdout.encoding");
		return (console != null) ? Charset.forName(console) : Charset.defaultCharset();
	}

	private static @Nullable String firstProperty(String first, String second) {
		return System.getProperty(first, System.getProperty(second));
	}

}
