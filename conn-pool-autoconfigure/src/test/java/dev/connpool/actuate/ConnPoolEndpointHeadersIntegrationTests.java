package dev.connpool.actuate;

import dev.connpool.actuate.EndpointApplication.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The answers of {@link ConnPoolEndpoint} are kept by no cache, wherever it is served.
 */
@ParameterizedClass
@EnumSource(names = { "REACTIVE", "SERVLET" })
class ConnPoolEndpointHeadersIntegrationTests {

	@Parameter
	WebApplicationType type;

	private EndpointApplication application;

	@AfterEach
	void close() {
		this.application.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.main.banner-mode=off", "management.server.port=0" })
	void noAnswerIsKept(String where) {
		start(where);
		assertNotKept(this.application.get(""), 200);
		assertNotKept(this.application.get("", "Accept", "text/html"), 200);
		assertNotKept(this.application.get("/default"), 200);
		assertNotKept(this.application.get("/nobody"), 404);
		assertNotKept(this.application.post("/default", "{\"action\":\"drain\"}"), 200);
		assertNotKept(this.application.delete("/default"), 200);
	}

	@Test
	void noAnswerIsKeptBelowAnotherPath() {
		start("management.endpoints.web.base-path=/manage", "management.endpoints.web.path-mapping.connpool=pools",
				"spring.webflux.base-path=/app", "server.servlet.context-path=/app", "spring.mvc.servlet.path=/mvc");
		String app = (this.type == WebApplicationType.SERVLET) ? "/app/mvc" : "/app";
		assertNotKept(this.application.visit(app + "/manage/pools"), 200);
		assertNotKept(this.application.visit(app + "/manage/pools/default"), 200);
	}

	@Test
	void noAnswerIsKeptBelowTheBasePathOfTheManagementServer() {
		start("management.server.port=0", "management.server.base-path=/admin", "management.endpoints.web.base-path=/");
		assertNotKept(this.application.visit("/admin/connpool"), 200);
		assertNotKept(this.application.visit("/admin/connpool/default"), 200);
	}

	@Test
	void answersOfOthersAreTheirs() {
		start("management.endpoints.web.exposure.include=connpool,beans");
		Answer beans = this.application.visit("/actuator/beans");
		assertThat(beans.status()).isEqualTo(200);
		assertThat(beans.header("Cache-Control")).isEmpty();
		assertThat(this.application.visit("/actuator/connpools").header("Cache-Control")).isEmpty();
	}

	@Test
	void whoAsksForATokenWhereThereIsNoneGetsNone() {
		start();
		Answer answer = this.application.get("", "X-CSRF-TOKEN", "fetch");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("X-CSRF-HEADER")).isEmpty();
	}

	private void start(String... properties) {
		String[] all = new String[properties.length + 1];
		System.arraycopy(properties, 0, all, 0, properties.length);
		all[properties.length] = "management.endpoint.connpool.access=unrestricted";
		this.application = EndpointApplication.start(this.type, all);
	}

	private static void assertNotKept(Answer answer, int status) {
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.response().headers().allValues("Cache-Control")).containsExactly("no-store");
	}

}
