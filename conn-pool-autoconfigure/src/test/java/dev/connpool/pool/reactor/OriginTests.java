package dev.connpool.pool.reactor;

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Origin}.
 */
class OriginTests {

	@ParameterizedTest
	@CsvSource({ "http://host/a,host,host,80,false", "https://host/a,host,host,443,true",
			"http://host:443/,host:443,host,443,false", "https://host:80,host:80,host,80,true",
			"http://host:/,host,host,80,false", "HTTP://Host:8080/,Host:8080,Host,8080,false",
			"http://under_score:81/,under_score:81,under_score,81,false",
			"https://user:secret@host/,host,host,443,true", "http://a@b@host:1/,host:1,host,1,false",
			"http://[::1]:8080/,[::1]:8080,::1,8080,false", "https://[2001:db8::1]/,[2001:db8::1],2001:db8::1,443,true",
			"ws://host/,host,host,80,false" })
	void isWhatRequestsAreSentTo(String uri, String header, String name, int port, boolean secure) {
		Origin origin = Origin.of("test", URI.create(uri.replace("a@b@", "a%40b@")));
		assertThat(origin.host()).isEqualTo(header);
		assertThat(origin.address().getHostString()).isIn(name, "0:0:0:0:0:0:0:1", "2001:db8:0:0:0:0:0:1");
		assertThat(origin.address().getPort()).isEqualTo(port);
		assertThat(origin.secure()).isEqualTo(secure);
	}

	@Test
	void zonesAreNotSent() {
		assertThat(Origin.of("test", URI.create("http://[fe80::1%25eth0]:81/")).host()).isEqualTo("[fe80::1]:81");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http:///secret", "http:secret", "http://:80/secret", "http://user:secret@/" })
	void uriWithoutHostIsRefused(String uri) {
		assertThatIllegalArgumentException().isThrownBy(() -> Origin.of("test", parse(uri)))
			.withMessageStartingWith("Client 'test': the URI '")
			.withMessageContaining("names no host. Set 'conn-pool.clients.test.base-url'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ftp://host/secret", "file:///secret", "mailto:secret@host" })
	void otherSchemesAreRefused(String uri) {
		assertThatIllegalArgumentException().isThrownBy(() -> Origin.of("test", URI.create(uri)))
			.withMessageContainingAll("Client 'test'", "scheme [" + uri.substring(0, uri.indexOf(':')) + "]")
			.withMessageNotContaining("secret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "http://host:65536/", "http://host_:x/", "http://host_:-1/", "http://[::1]x/" })
	void portsThatAreNoneAreRefused(String uri) {
		assertThatIllegalArgumentException().isThrownBy(() -> Origin.of("test", parse(uri)));
	}

	@ParameterizedTest
	@CsvSource({ "http://host,/", "http://host?q=1,/?q=1", "http://host/a%20b?c=%C3%A9#part,/a%20b?c=%C3%A9",
			"http://host/,/" })
	void whatIsAskedForIsPathAndQueryAsTheyAre(String uri, String resource) {
		assertThat(Origin.resource(URI.create(uri))).isEqualTo(resource);
	}

	@Test
	void isKnownAgainByHowItIsWritten() {
		Origin origin = Origin.of("test", URI.create("http://host:81/a"));
		assertThat(origin.isOf(URI.create("http://host:81/b"))).isTrue();
		assertThat(origin.isOf(URI.create("https://host:81/b"))).isFalse();
		assertThat(origin.isOf(URI.create("http://host:82/b"))).isFalse();
		assertThat(origin.isOf(URI.create("/b"))).isFalse();
	}

	private static URI parse(String uri) {
		return URI.create(uri);
	}

}
