package dev.connpool.actuate;

import java.io.IOException;
import java.util.function.Supplier;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Servlet {@link Filter} that keeps the live page out of frames. It goes before others,
 * such as Spring Security's, whose policies are to come beside its own.
 */
public class LivePageFilter extends OncePerRequestFilter implements Ordered {

	private final Supplier<String> path;

	/**
	 * Create a filter.
	 * @param path the path of the endpoint
	 */
	public LivePageFilter(Supplier<String> path) {
		this.path = path;
	}

	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE;
	}

	@Override
	protected boolean shouldNotFilter(HttpServletRequest request) {
		return !ConnPoolEndpointFilter.path(request).equals(this.path.get());
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws ServletException, IOException {
		chain.doFilter(request, new LivePageResponse(response));
	}

}
