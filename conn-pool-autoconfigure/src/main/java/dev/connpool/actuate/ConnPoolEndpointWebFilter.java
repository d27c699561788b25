package dev.connpool.actuate;

import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * {@link WebFilter} for the headers that an operation of an endpoint cannot set: its
 * answers are kept out of caches and of frames, and the live page is told its CSRF token.
 */
public class ConnPoolEndpointWebFilter implements WebFilter {

	private static final String CSRF_TOKEN = "org.springframework.security.web.server.csrf.CsrfToken";

	private final SingletonSupplier<PathPattern> pattern;

	/**
	 * Create a filter.
	 * @param path the path of the endpoint
	 */
	public ConnPoolEndpointWebFilter(Supplier<String> path) {
		this.pattern = SingletonSupplier.of(() -> PathPatternParser.defaultInstance.parse(path.get() + "/**"));
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		if (!this.pattern.obtain().matches(exchange.getRequest().getPath().pathWithinApplication())) {
			return chain.filter(exchange);
		}
		HttpHeaders headers = exchange.getResponse().getHeaders();
		headers.setCacheControl(CacheControl.noStore());
		// After those of Spring Security, which leaves out its own if there is one.
		exchange.getResponse().beforeCommit(() -> Mono.fromRunnable(() -> addPolicy(headers)));
		Mono<?> token = exchange.getAttribute(CSRF_TOKEN);
		if (token != null && CsrfHeaders.areWanted(exchange.getRequest().getHeaders().getFirst(CsrfHeaders.TOKEN))) {
			return CsrfHeaders.write(token, headers::set).then(chain.filter(exchange));
		}
		return chain.filter(exchange);
	}

	private static void addPolicy(HttpHeaders headers) {
		if (MediaType.TEXT_HTML.isCompatibleWith(headers.getContentType())) {
			headers.add(LivePage.POLICY_HEADER, LivePage.POLICY);
		}
	}

}
