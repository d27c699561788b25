package dev.connpool.actuate;

import java.net.URI;
import java.util.Collection;

import dev.connpool.snapshot.StreamSnapshot;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What may be seen of values that an application sends.
 */
final class Values {

	private final Sanitizer sanitizer;

	private final boolean shown;

	/**
	 * Hide what an application sends.
	 * @param sanitizers hide more
	 */
	Values(Collection<SanitizingFunction> sanitizers) {
		this(new Sanitizer(sanitizers), false);
	}

	private Values(Sanitizer sanitizer, boolean shown) {
		this.sanitizer = sanitizer;
		this.shown = shown;
	}

	Values shown(boolean shown) {
		return new Values(this.sanitizer, shown);
	}

	/**
	 * Return what was requested.
	 * @param stream the exchange
	 * @return the path and query if they may be seen, else the URI template
	 */
	@Nullable String uri(StreamSnapshot stream) {
		return this.shown ? sanitized("uri", stream.path()) : stream.uriTemplate();
	}

	/**
	 * Return a base URL without what may be a credential in it.
	 * @param url the URL
	 * @return scheme, host, port and path
	 */
	@Nullable String baseUrl(@Nullable URI url) {
		return (url != null) ? sanitized("base-url",
				UriComponentsBuilder.fromUri(url).userInfo(null).replaceQuery(null).fragment(null).toUriString())
				: null;
	}

	private @Nullable String sanitized(String key, String value) {
		Object sanitized = this.sanitizer.sanitize(new SanitizableData(null, key, value), true);
		return (sanitized != null) ? sanitized.toString() : null;
	}

}
