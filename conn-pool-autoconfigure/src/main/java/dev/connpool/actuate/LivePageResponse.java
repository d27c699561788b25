package dev.connpool.actuate;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;

/**
 * A response that has the policy of the live page as soon as it is known to be a page.
 * The policies of others neither replace that one nor are left out because of it.
 */
final class LivePageResponse extends HttpServletResponseWrapper {

	private boolean page;

	LivePageResponse(HttpServletResponse response) {
		super(response);
	}

	@Override
	public void setContentType(@Nullable String type) {
		super.setContentType(type);
		decide(type);
	}

	@Override
	public void setHeader(String name, @Nullable String value) {
		super.setHeader(name, value);
		if (this.page && isPolicy(name)) {
			super.addHeader(LivePage.POLICY_HEADER, LivePage.POLICY);
		}
		decide(name, value);
	}

	@Override
	public void addHeader(String name, @Nullable String value) {
		super.addHeader(name, value);
		decide(name, value);
	}

	@Override
	public boolean containsHeader(String name) {
		return (this.page && isPolicy(name)) ? getHeaders(name).size() > 1 : super.containsHeader(name);
	}

	@Override
	public void reset() {
		super.reset();
		this.page = false;
	}

	private void decide(String name, @Nullable String value) {
		if (HttpHeaders.CONTENT_TYPE.equalsIgnoreCase(name)) {
			decide(value);
		}
	}

	private void decide(@Nullable String type) {
		if (!this.page && StringUtils.startsWithIgnoreCase(type, MediaType.TEXT_HTML_VALUE)) {
			this.page = true;
			super.addHeader(LivePage.POLICY_HEADER, LivePage.POLICY);
		}
	}

	private static boolean isPolicy(String name) {
		return LivePage.POLICY_HEADER.equalsIgnoreCase(name);
	}

}
