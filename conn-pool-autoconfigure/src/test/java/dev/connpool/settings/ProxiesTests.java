package dev.connpool.settings;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import dev.connpool.settings.ProxySettings.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Proxies} (B30).
 */
class ProxiesTests {

	private static final String NO_PROXY = "foo.com, .bar.com, *.baz.com, qux.com:8080, 192.168.1.1,"
			+ " 192.168.1.3:80,10.0.0.0/30,2001:db8::52:0:1,[2001:db8::52:0:3]:80,2002:db8:a::45/64,münchen.example";

	private final Map<String, String> variables = new HashMap<>();

	private final Properties properties = new Properties();

	@ParameterizedTest
	@CsvSource({ "foo.com", "x.foo.com", "FOO.com", "x.bar.com", "x.baz.com", "qux.com:8080", "x.qux.com:8080",
			"192.168.1.1", "192.168.1.3", "10.0.0.2", "2001:db8::52:0:1", "[2001:db8::52:0:3]", "2002:db8:a::123",
			"xn--mnchen-3ya.example", "localhost", "127.0.0.1", "127.0.0.2", "::1" })
	void isReachedDirectly(String host) {
		assertThat(proxyFor(host)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "com", "xfoo.com", "bar.com", "baz.com", "qux.com", "qux.com:80", "192.168.1.2", "192.168.1.3:81",
			"10.0.0.4", "2001:db8::52:0:2", "[2001:db8::52:0:3]:81", "2002:db8:b::1", "::2", "foo.com.example" })
	void isReachedThroughTheProxy(String host) {
		assertThat(proxyFor(host)).hasToString("http://proxy:3128");
	}

	private Proxy proxyFor(String host) {
		this.variables.put("HTTP_PROXY", "proxy:3128");
		this.variables.put("NO_PROXY", NO_PROXY);
		HostAndPort parsed = (host.indexOf(':') != host.lastIndexOf(':') && !host.startsWith("["))
				? new HostAndPort(host, 0) : HostAndPort.parse(host);
		return environment().forHost(false, parsed.host(), (parsed.port() != 0) ? parsed.port() : 80);
	}

	@Test
	void anAsteriskIsForAllHosts() {
		this.variables.put("https_proxy", "http://proxy:3128");
		this.variables.put("no_proxy", "*");
		assertThat(environment().forHost(true, "example.com", 443)).isNull();
		assertThat(environment().forHost(true, "10.0.0.1", 443)).isNull();
	}

	@Test
	void upperCaseWinsAndEmptyIsAbsent() {
		this.variables
			.putAll(Map.of("HTTPS_PROXY", "one:1", "https_proxy", "two:2", "HTTP_PROXY", "", "http_proxy", "three:3"));
		assertThat(environment().forHost(true, "example.com", 443)).hasToString("http://one:1");
		assertThat(environment().forHost(false, "example.com", 80)).hasToString("http://three:3");
	}

	@Test
	void eachSchemeHasItsOwnProxy() {
		this.variables.put("HTTPS_PROXY", "one:1");
		assertThat(environment().forHost(true, "example.com", 443)).hasToString("http://one:1");
		assertThat(environment().forHost(false, "example.com", 80)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP_PROXY", "http_proxy" })
	void aCgiScriptDoesNotTrustHttpProxy(String variable) {
		this.variables.putAll(Map.of(variable, "evil:1", "HTTPS_PROXY", "good:2", "REQUEST_METHOD", "GET"));
		assertThat(environment().forHost(false, "example.com", 80)).isNull();
		assertThat(environment().forHost(true, "example.com", 443)).hasToString("http://good:2");
	}

	@Test
	void entriesWithoutMeaningAreToldAndIgnored() {
		this.variables.putAll(Map.of("HTTP_PROXY", "proxy", "NO_PROXY",
				"10.0.0.0/33, 10.*, :80, example.com:http, http://a.com, , b.com"));
		assertThat(environment().ignored()).hasSize(5)
			.first()
			.asString()
			.startsWith("'NO_PROXY' is '10.0.0.0/33' but must be a host such as 'example.com'");
		assertThat(environment().forHost(false, "b.com", 80)).isNull();
		assertThat(environment().forHost(false, "a.com", 80)).isNotNull();
	}

	@Test
	void anEntryOfThePropertyWithoutMeaningIsAnError() {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new ProxySettings(Mode.ENVIRONMENT, null, List.of("10.*"), null, null))
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("proxy.no-proxy"));
	}

	@ParameterizedTest
	@CsvSource({ "proxy, http://proxy:80", "proxy:3128, http://proxy:3128", "my_proxy:3128, http://my_proxy:3128",
			"HTTP://proxy:3128/, http://proxy:3128", "http://[2001:db8::1]:3128, http://[2001:db8::1]:3128",
			"socks5://proxy, socks5://proxy:1080", "socks5h://proxy:1, socks5://proxy:1",
			"socks4://proxy, socks4://proxy:1080", "me:se%40c+ret@proxy:3128, http://proxy:3128",
			"http://me@proxy, http://proxy:80" })
	void aUrlIsRead(String value, String shown) {
		assertThat(Proxy.parse("proxy.url", value)).hasToString(shown);
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://me:secret@proxy", "https://me:secret@proxy", "http://me:secret@",
			"http://me:secret@:3128", "http://me:secret@proxy:0", "http://me:secret@proxy:65536",
			"http://me:secret@proxy:x", "http://me:sec ret@proxy", "me:secret#1@proxy", "http://me:secret/1@proxy:%" })
	void aUrlThatCannotBeUsedIsToldWithoutCredentials(String value) {
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(() -> Proxy.parse("HTTPS_PROXY", value))
			.withMessageMatching(
					"'HTTPS_PROXY' (is '.*'|has a value of length \\d+ that is not shown, .*,) but must .*")
			.satisfies((ex) -> assertThat(ex.getMessage() + ex.value()).doesNotContain("me:", "sec"))
			.withNoCause();
	}

	@Test
	void credentialsAreDecodedAndNeverShown() {
		Proxy proxy = Proxy.parse("proxy.url", "http://me:se%40c+ret%3A@proxy:3128");
		assertThat(proxy.credentials()).isEqualTo(new Proxy.Credentials("me", "se@c+ret:")).hasToString("***");
		ProxySettings settings = new ProxySettings(Mode.EXPLICIT, "http://me:secret@proxy:3128", List.of(), "it",
				"hidden");
		assertThat(settings.toString() + settings.shownUrl()).contains("http://proxy:3128")
			.doesNotContain("me:", "secret", "hidden");
	}

	@Test
	void aUserNameOfItsOwnWins() {
		ProxySettings settings = new ProxySettings(Mode.EXPLICIT, "http://me:secret@proxy:3128", List.of("a.com"), "it",
				null);
		Proxies proxies = Proxies.of(settings, this.variables, this.properties);
		assertThat(proxies.forHost(true, "localhost", 443).credentials()).isEqualTo(new Proxy.Credentials("it", ""));
		assertThat(proxies.forHost(false, "a.com", 80)).isNull();
	}

	@Test
	void explicitNeedsAUrlAndAPasswordAUserName() {
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new ProxySettings(Mode.EXPLICIT, null, List.of(), null, null))
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("proxy.url"));
		assertThatExceptionOfType(InvalidSettingException.class)
			.isThrownBy(() -> new ProxySettings(Mode.NONE, null, List.of(), null, "secret"))
			.withMessageNotContaining("secret")
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("proxy.username"));
	}

	@Test
	void systemPropertiesOfOneSchemeServeTheOther() {
		properties("http.proxyHost=one", "http.nonProxyHosts=*.foo.com|10.*|bar*");
		assertThat(system().forHost(true, "example.com", 443)).hasToString("http://one:80");
		properties("https.proxyHost=two", "https.proxyUser=me", "https.proxyPassword=secret");
		assertThat(system().forHost(true, "example.com", 443)).hasToString("http://two:443")
			.extracting(Proxy::credentials)
			.isEqualTo(new Proxy.Credentials("me", "secret"));
		assertThat(system().forHost(false, "example.com", 80)).hasToString("http://one:80");
		assertThat(List.of("x.foo.com", "10.1.2.3", "bar.com", "localhost", "127.1.2.3", "::1"))
			.allSatisfy((host) -> assertThat(system().forHost(false, host, 80)).isNull());
		assertThat(List.of("foo.com", "110.1.2.3", "xbar"))
			.allSatisfy((host) -> assertThat(system().forHost(false, host, 80)).isNotNull());
	}

	@Test
	void socksComesAfterHttp() {
		properties("socksProxyHost=socks");
		assertThat(system().forHost(true, "example.com", 443)).hasToString("socks5://socks:1080");
		properties("socksProxyVersion=4", "socksProxyPort=99");
		assertThat(system().forHost(false, "example.com", 80)).hasToString("socks4://socks:99");
		properties("http.proxyHost=one");
		assertThat(system().forHost(false, "example.com", 80)).hasToString("http://one:80");
	}

	@ParameterizedTest
	@CsvSource({ "http.proxyPort, x", "https.proxyPort, 0", "http.proxyPort, ''" })
	void aPortThatIsNoneIsToldWithItsSystemProperty(String property, String value) {
		properties("http.proxyHost=one", "https.proxyHost=one", property + "=" + value);
		assertThatExceptionOfType(InvalidSettingException.class).isThrownBy(this::system)
			.withMessage("'%s' is '%s' but must be a port from 1 to 65535".formatted(property, value));
	}

	@Test
	void theEnvironmentFallsBackOnSystemProperties() {
		properties("http.proxyHost=system");
		assertThat(environment().forHost(true, "example.com", 443)).hasToString("http://system:80");
		this.variables.put("HTTPS_PROXY", "environment");
		assertThat(environment().forHost(true, "example.com", 443)).hasToString("http://environment:80");
		assertThat(environment().forHost(false, "example.com", 80)).isNull();
	}

	@Test
	void noneIsNone() {
		properties("http.proxyHost=system");
		this.variables.put("HTTPS_PROXY", "environment");
		Proxies none = Proxies.of(new ProxySettings(Mode.NONE, "http://explicit", List.of(), null, null),
				this.variables, this.properties);
		assertThat(none.forHost(true, "example.com", 443)).isNull();
	}

	private Proxies environment() {
		return Proxies.of(ProxySettings.DEFAULTS, this.variables, this.properties);
	}

	private Proxies system() {
		return Proxies.of(new ProxySettings(Mode.SYSTEM, null, List.of(), null, null), this.variables, this.properties);
	}

	private void properties(String... pairs) {
		for (String pair : pairs) {
			this.properties.setProperty(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
		}
	}

}
