package dev.connpool.actuate;

import java.util.List;
import java.util.stream.Stream;

import dev.connpool.actuate.EndpointApplication.Answer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The live page is in no frame, and what an application itself says about its pages holds
 * too: browsers honour all policies that a page comes with.
 */
class ConnPoolPagePolicyIntegrationTests {

	private static final String OURS = "frame-ancestors 'none'";

	private static final String THEIRS = "default-src 'self'; frame-ancestors 'self'";

	private EndpointApplication application;

	@AfterEach
	void close() {
		this.application.close();
	}

	static Stream<Arguments> places() {
		return Stream.of(WebApplicationType.REACTIVE, WebApplicationType.SERVLET)
			.flatMap((type) -> Stream.of("spring.main.banner-mode=off", "management.server.port=0")
				.map((where) -> Arguments.of(type, where)));
	}

	@ParameterizedTest
	@MethodSource("places")
	void onlyThePageHasAPolicy(WebApplicationType type, String where) {
		this.application = EndpointApplication.start(type, where, "management.endpoint.connpool.access=unrestricted");
		assertThat(policies(this.application.get("", "Accept", "text/html"))).containsExactly(OURS);
		assertThat(policies(this.application.get("", "Accept", "text/html,application/xhtml+xml,*/*;q=0.8")))
			.containsExactly(OURS);
		assertThat(policies(this.application.get(""))).isEmpty();
		assertThat(policies(this.application.get("/default"))).isEmpty();
		assertThat(policies(this.application.post("/default", "{\"action\":\"drain\"}"))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "REACTIVE, -2147483648", "REACTIVE, 0", "REACTIVE, 2147483647", "SERVLET, -2147483648", "SERVLET, 0",
			"SERVLET, 2147483647" })
	void policyOfAFilterIsKept(WebApplicationType type, int order) {
		start(type, Filters.class, EndpointApplication.WITHOUT_SECURITY, "test.order=" + order);
		assertThat(policies(this.application.get("", "Accept", "text/html"))).containsExactlyInAnyOrder(OURS, THEIRS);
		assertThat(policies(this.application.get(""))).containsExactly(THEIRS);
	}

	@ParameterizedTest
	@MethodSource("places")
	void policyOfSpringSecurityIsKept(WebApplicationType type, String where) {
		start(type, (type == WebApplicationType.SERVLET) ? Secured.class : SecuredReactive.class, where);
		assertThat(policies(this.application.get("", "Accept", "text/html"))).containsExactlyInAnyOrder(OURS, THEIRS);
		assertThat(policies(this.application.get(""))).containsExactly(THEIRS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "REACTIVE", "SERVLET" })
	void pagesOfOthersAreTheirs(WebApplicationType type) {
		this.application = EndpointApplication.start(type, "management.endpoints.web.exposure.include=connpool,beans");
		assertThat(policies(this.application.visit("/actuator/beans"))).isEmpty();
	}

	private void start(WebApplicationType type, Class<?> application, String... properties) {
		this.application = EndpointApplication.start(type, application, List.of(properties));
	}

	private static List<String> policies(Answer answer) {
		assertThat(answer.status()).isEqualTo(200);
		return answer.response().headers().allValues("Content-Security-Policy");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(EndpointApplication.Application.class)
	static class Filters {

		@Bean
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
		FilterRegistrationBean<Filter> policyFilter(@Value("${test.order}") int order) {
			FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
				((HttpServletResponse) response).setHeader("Content-Security-Policy", THEIRS);
				chain.doFilter(request, response);
			});
			filter.setOrder(order);
			return filter;
		}

		@Bean
		@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
		WebFilter policyWebFilter(@Value("${test.order}") int order) {
			return new PolicyWebFilter(order);
		}

	}

	private record PolicyWebFilter(int order) implements WebFilter, Ordered {

		@Override
		public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
			exchange.getResponse().getHeaders().set("Content-Security-Policy", THEIRS);
			return chain.filter(exchange);
		}

		@Override
		public int getOrder() {
			return this.order;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(EndpointApplication.Application.class)
	static class Secured {

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().permitAll())
				.headers((headers) -> headers.contentSecurityPolicy((policy) -> policy.policyDirectives(THEIRS)))
				.build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(EndpointApplication.Application.class)
	static class SecuredReactive {

		@Bean
		SecurityWebFilterChain security(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().permitAll())
				.headers((headers) -> headers.contentSecurityPolicy((policy) -> policy.policyDirectives(THEIRS)))
				.build();
		}

	}

}
