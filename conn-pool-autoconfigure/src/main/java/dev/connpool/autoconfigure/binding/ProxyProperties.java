package dev.connpool.autoconfigure.binding;

import java.util.List;

import dev.connpool.settings.ProxySettings;
import dev.connpool.settings.ProxySettings.Mode;
import org.jspecify.annotations.Nullable;

/**
 * What can be written about proxies.
 *
 * @param mode Where to look for a proxy. With a URL of its own the default is explicit.
 * @param url URL of the proxy for every host, such as http://proxy.example.com:3128.
 * @param noProxy Hosts to reach directly, on top of those that the environment names, as
 * in NO_PROXY.
 * @param username User name for the proxy.
 * @param password Password for the proxy.
 */
record ProxyProperties(@Nullable Mode mode, @Nullable String url, @Nullable List<String> noProxy,
		@Nullable String username, @Nullable String password) {

	ProxySettings over(ProxySettings base) {
		return new ProxySettings(mode(base.mode()), (this.url != null) ? this.url : base.url(),
				(this.noProxy != null) ? this.noProxy : base.noProxy(),
				(this.username != null) ? this.username : base.username(),
				(this.password != null) ? this.password : base.password());
	}

	private Mode mode(Mode base) {
		return Absent.or(this.mode, (this.url != null) ? Mode.EXPLICIT : base);
	}

	@Override
	public String toString() {
		return "ProxyProperties[mode=%s]".formatted(this.mode);
	}

}
