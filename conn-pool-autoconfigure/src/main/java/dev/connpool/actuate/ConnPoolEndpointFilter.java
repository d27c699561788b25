package dev.connpool.actuate;

import java.io.IOException;
import java.util.function.Supplier;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Servlet {@link Filter} for the headers that an operation of an endpoint cannot set: its
 * answers are kept out of caches, and the live page is told its CSRF token.
 */
public class ConnPoolEndpointFilter extends OncePerRequestFilter {

	private static final String CSRF_TOKEN = "org.springframework.security.web.csrf.CsrfToken";

	private final Supplier<String> path;

	/**
	 * Create a filter.
	 * @param path the path of the endpoint
	 */
	public ConnPoolEndpointFilter(Supplier<String> path) {
		this.path = path;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		String path = path(request);
		return !path.equals(this.path.get()) && !path.startsWith(this.path.get() + "/");
	}

	static String path(HttpServletRequest request) {
		return (request.getPathInfo() != null) ? request.getPathInfo() : request.getServletPath();
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		response.setHeader(HttpHeaders.CACHE_CONTROL, CacheControl.noStore().getHeaderValue());
		Object token = request.getAttribute(CSRF_TOKEN);
		if (token != null && CsrfHeaders.areWanted(request.getHeader(CsrfHeaders.TOKEN))) {
			CsrfHeaders.write((CsrfToken) token, response::setHeader);
		}
		chain.doFilter(request, response);
	}

}
