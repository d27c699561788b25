package dev.connpool.actuate;

import java.time.Duration;
import java.util.List;

import dev.connpool.actuate.EndpointApplication.Answer;
import dev.connpool.testing.Gate;
import dev.connpool.testing.Network;
import dev.connpool.testing.TestServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.WebApplicationType;
import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Integration tests for {@link ConnPoolEndpoint} over HTTP, on WebFlux and on MVC.
 */
@ParameterizedClass
@EnumSource(names = { "REACTIVE", "SERVLET" })
class ConnPoolEndpointIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final String UNRESTRICTED = "management.endpoint.connpool.access=unrestricted";

	private static final String MUTATIONS = "<meta name=\"connpool-mutations\" content=\"%s\">";

	@RegisterExtension
	final Network network = new Network();

	private final Gate gate = new Gate();

	@Parameter
	WebApplicationType type;

	private EndpointApplication application;

	@AfterEach
	void close() {
		this.gate.open();
		this.application.close();
	}

	@Test
	void heldStreamsAreListedWithTheirTemplates() {
		start();
		TestServer server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(3, server.host() + "/users/{id}?token={token}", 7, "secret");
		await().until(() -> server.requests("/users/7") == 3);
		Answer answer = this.application.get("/default");
		JsonNode host = answer.json().get("hosts").get(server.host());
		assertThat(host.at("/connections/active").asInt()).isEqualTo(1);
		assertThat(host.at("/streams/active").asInt()).isEqualTo(3);
		JsonNode connection = host.at("/connectionList/0");
		assertThat(connection.at("/state").asString()).isEqualTo("active");
		assertThat(connection.at("/protocol").asString()).isEqualTo("h2");
		assertThat(connection.at("/remoteAddress").asString()).isEqualTo("127.0.0.1:" + server.port());
		assertThat(connection.at("/http2/activeStreams").asInt()).isEqualTo(3);
		assertThat(connection.get("streams")).hasSize(3).allSatisfy((stream) -> {
			assertThat(stream.get("id").asInt() % 2).isEqualTo(1);
			assertThat(stream.get("state").asString()).isEqualTo("half-closed-local");
			assertThat(stream.get("method").asString()).isEqualTo("GET");
			assertThat(stream.get("uri").asString()).isEqualTo("/users/{id}");
		});
		assertThat(answer.text()).doesNotContain("secret", "/users/7");
		finish(calls);
	}

	@Test
	void countsAreThoseOfTheServer() {
		start();
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(4, server.url("/held"));
		await().until(() -> server.requests("/held") == 4);
		JsonNode host = host(server, "");
		assertThat(host.at("/connections/active").asInt()).isEqualTo(server.connections().open()).isEqualTo(4);
		assertThat(host.at("/counters/opened").asInt()).isEqualTo(server.connections().accepted());
		assertThat(host.has("connectionList")).isFalse();
		assertThat(host(server, "/default").get("connectionList")).hasSize(4).allSatisfy((connection) -> {
			assertThat(connection.get("http2").isNull()).isTrue();
			assertThat(connection.at("/streams/0/method").asString()).isEqualTo("GET");
			assertThat(connection.at("/streams/0/uri").asString()).isEqualTo("/held");
			assertThat(connection.at("/streams/0/state").asString()).isEqualTo("half-closed-local");
		});
		finish(calls);
		await().untilAsserted(() -> assertThat(host(server, "").at("/connections/idle").asInt()).isEqualTo(4));
	}

	// B70
	@Test
	void theHistoryOfAHostIsToldToWhoAsksForIt() {
		start();
		TestServer server = TestServer.h2().start(this.network);
		fetch(server);
		assertThat(host(server, "/default").has("history")).isFalse();
		JsonNode host = host(server, "/default?history=15m");
		assertThat(host.at("/history/step").asString()).isEqualTo("PT10S");
		assertThat(host.at("/events/0/kind").asString()).isEqualTo("opened");
		assertThat(host.at("/events/0/reason").asString()).isEqualTo("h2");
		assertThat(host.at("/events/0/connection").asString()).isNotEmpty();
		await().atMost(Duration.ofSeconds(25)).untilAsserted(() -> {
			JsonNode history = host(server, "/default?history=1h").get("history");
			assertThat(history.get("slots").asInt()).isPositive();
			assertThat(history.at("/values/requests").iterator()).toIterable()
				.anySatisfy((requests) -> assertThat(requests.asInt()).isPositive());
			assertThat(history.at("/values/headersP50").size()).isEqualTo(history.get("slots").asInt());
		});
		for (String wrong : List.of("2h", "-1s", "soon")) {
			refused(this.application.get("/default?history=" + wrong), HttpStatus.BAD_REQUEST,
					"'history' must be a duration of at most 1h, such as 15m");
		}
	}

	// B10
	@Test
	void aConnectionThatTheServerClosedIsGoneAtOnce() {
		start();
		TestServer server = TestServer.h2().start(this.network);
		fetch(server);
		await().untilAsserted(() -> assertThat(host(server, "").at("/connections/idle").asInt()).isEqualTo(1));
		server.closeConnections();
		await().untilAsserted(() -> assertThat(host(server, "/default").get("connectionList")).isEmpty());
		JsonNode closed = this.application.get("/default").json().at("/recentlyClosed/0");
		assertThat(closed.get("reason").asString()).isIn("peer-closed", "goaway");
		assertThat(closed.get("host").asString()).isEqualTo(server.host());
		assertThat(Duration.parse(closed.get("age").asString())).isPositive();
	}

	@Test
	void oneConnectionIsFoundByItsId() {
		start();
		TestServer server = TestServer.h2().start(this.network);
		fetch(server);
		String id = host(server, "/default").at("/connectionList/0/id").asString();
		JsonNode connection = this.application.get("/default/" + id).json();
		assertThat(connection.get("id").asString()).isEqualTo(id);
		assertThat(connection.get("streams")).isEmpty();
	}

	@Test
	void oneConnectionIsShownWholeWhereTheListIsCut() {
		start();
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(250, server.url("/held"));
		await().until(() -> server.requests("/held") == 250);
		JsonNode listed = host(server, "/default").at("/connectionList/0");
		assertThat(listed.get("streams")).hasSize(200);
		assertThat(listed.get("omittedStreams").asInt()).isEqualTo(50);
		JsonNode whole = this.application.get("/default/" + listed.get("id").asString()).json();
		assertThat(whole.get("streams")).hasSize(250);
		assertThat(whole.get("omittedStreams").asInt()).isZero();
		finish(calls);
	}

	@Test
	void whatIsUnknownIsNotFoundAndSaidSo() {
		start();
		refused(this.application.get("/nobody"), HttpStatus.NOT_FOUND,
				"There is no client 'nobody', only 'default'; configure it under 'conn-pool.clients.nobody'");
		refused(this.application.get("/default/abc"), HttpStatus.NOT_FOUND,
				"Client 'default' has no connection 'abc'; it may have been closed");
	}

	@Test
	void whatCannotBeDoneIsRefusedWithASentence() {
		start(UNRESTRICTED);
		String unknown = "There is no client 'nobody', only 'default'; configure it under 'conn-pool.clients.nobody'";
		refused(this.application.delete("/nobody"), HttpStatus.NOT_FOUND, unknown);
		refused(act("/nobody", "drain", null), HttpStatus.NOT_FOUND, unknown);
		refused(this.application.post("/default", "{}"), HttpStatus.BAD_REQUEST,
				"Name the 'action': 'drain' or 'close-idle'");
		refused(act("/default", "explode", null), HttpStatus.BAD_REQUEST,
				"There is no action 'explode'; it must be 'drain' or 'close-idle'");
		refused(act("/default", "drain", "http://a:1"), HttpStatus.BAD_REQUEST,
				"Client 'default' has no connections to 'http://a:1'; it knows []");
	}

	@Test
	void nothingIsChangedWithReadOnlyAccess() {
		start("management.endpoint.connpool.access=read-only");
		TestServer server = TestServer.h1().start(this.network);
		fetch(server);
		assertThat(act("/default", "drain", null).status()).isEqualTo(405);
		assertThat(this.application.delete("/default").status()).isEqualTo(405);
		assertThat(server).openConnections(1);
		assertThat(page()).contains(MUTATIONS.formatted(false));
	}

	@Test
	void accessIsReadOnlyUnlessItIsGranted() {
		start();
		assertThat(act("/default", "drain", null).status()).isEqualTo(405);
		assertThat(page()).contains(MUTATIONS.formatted(false));
	}

	// B9
	@Test
	void deleteClosesIdleConnectionsAndNoOther() {
		start(UNRESTRICTED);
		TestServer server = TestServer.h1().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.url("/held"));
		await().until(() -> server.requests("/held") == 1);
		fetch(server);
		assertThat(server).settlesAt(2);
		Answer answer = this.application.delete("/default");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.text()).isEqualTo("""
				{"client":"default","action":"close-idle","hosts":["%s"]}""".formatted(server.host()));
		assertThat(server).settlesAt(1);
		finish(calls);
	}

	// B9
	@Test
	void oneHostIsDrainedOrRelievedOfItsIdleConnections() {
		start(UNRESTRICTED);
		TestServer drained = TestServer.h2().hold("/held", this.gate).start(this.network);
		TestServer kept = TestServer.h1().start(this.network);
		Mono<List<String>> calls = this.application.begin(2, drained.url("/held"));
		await().until(() -> drained.requests("/held") == 2);
		fetch(kept);
		assertThat(act("/default", "drain", drained.host()).status()).isEqualTo(200);
		await().untilAsserted(() -> assertThat(host(drained, "").at("/connections/draining").asInt()).isEqualTo(1));
		assertThat(kept).openConnections(1);
		finish(calls);
		assertThat(drained).settlesAt(0);
		assertThat(act("/default", "close-idle", kept.host()).status()).isEqualTo(200);
		assertThat(kept).settlesAt(0);
	}

	@Test
	void allHostsAreDrainedWhenNoneIsNamed() {
		start(UNRESTRICTED);
		TestServer one = TestServer.h2().start(this.network);
		TestServer other = TestServer.h1().start(this.network);
		fetch(one);
		fetch(other);
		assertThat(act("/default", "drain", null).status()).isEqualTo(200);
		assertThat(one).settlesAt(0);
		assertThat(other).settlesAt(0);
	}

	@Test
	void whoPrefersHtmlGetsThePage() {
		start(UNRESTRICTED);
		assertThat(page()).startsWith("<!DOCTYPE html>").contains(MUTATIONS.formatted(true));
		String browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
		assertThat(this.application.get("", "Accept", browser).text()).startsWith("<!DOCTYPE html>");
	}

	@Test
	void whoDoesNotPreferHtmlGetsJson() {
		start();
		isJson();
		isJson("Accept", "*/*");
		isJson("Accept", "application/json");
		isJson("Accept", "application/json, text/html;q=0.5");
		isJson("Accept", "application/vnd.spring-boot.actuator.v3+json");
	}

	@Test
	void onlyTheWholeIsAPage() {
		start();
		assertThat(this.application.get("/default", "Accept", "text/html").status()).isEqualTo(406);
	}

	@Test
	void pathsAreShownWhenValuesMayBe() {
		start("management.endpoint.connpool.show-values=always");
		TestServer server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.host() + "/users/{id}?q={q}", 7, "x");
		await().until(() -> server.requests("/users/7") == 1);
		assertThat(stream(server).get("uri").asString()).isEqualTo("/users/7?q=x");
		finish(calls);
	}

	@Test
	void pathsAreHiddenFromStrangersWhenOnlyTheAuthorizedMaySeeThem() {
		start("management.endpoint.connpool.show-values=when-authorized");
		TestServer server = TestServer.h2().hold("/users/7", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.host() + "/users/{id}", 7);
		await().until(() -> server.requests("/users/7") == 1);
		assertThat(stream(server).get("uri").asString()).isEqualTo("/users/{id}");
		finish(calls);
	}

	@Test
	void whatLooksLikeMarkupStaysText() {
		start("management.endpoint.connpool.show-values=always");
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.host() + "/held?q={q}", "\"><script>");
		await().until(() -> server.requests("/held") == 1);
		assertThat(stream(server).get("uri").asString()).isEqualTo("/held?q=%22%3E%3Cscript%3E");
		Answer answer = this.application.get("/%22%3E%3Cscript%3E");
		assertThat(answer.status()).isEqualTo(404);
		assertThat(answer.header("Content-Type")).startsWith("application/").contains("json");
		assertThat(answer.json().get("detail").asString()).contains("'\"><script>'");
		assertThat(page()).doesNotContain(server.host());
		finish(calls);
	}

	@Test
	void theBaseUrlIsShownWithoutCredentials() {
		start("conn-pool.base-url=https://user:pass@orders.example.com/api?key=k");
		Answer answer = this.application.get("");
		assertThat(answer.json().at("/clients/default/settings/baseUrl").asString())
			.isEqualTo("https://orders.example.com/api");
		assertThat(answer.text()).doesNotContain("pass", "key=k");
	}

	@Test
	void timesAreTextsAndNullsAreKeptWhateverTheMapperOfTheApplicationDoes() {
		start("management.endpoints.jackson.isolated-json-mapper=false",
				"spring.jackson.default-property-inclusion=non-null",
				"spring.jackson.datatype.datetime.write-durations-as-timestamps=true");
		TestServer server = TestServer.h2().hold("/held", this.gate).start(this.network);
		Mono<List<String>> calls = this.application.begin(1, server.url("/held"));
		await().until(() -> server.requests("/held") == 1);
		JsonNode connection = host(server, "/default").at("/connectionList/0");
		assertThat(Duration.parse(connection.get("age").asString())).isPositive();
		assertThat(connection.get("idleFor").isNull()).isTrue();
		assertThat(connection.at("/http2/goAway").isNull()).isTrue();
		finish(calls);
	}

	private void start(String... properties) {
		this.application = EndpointApplication.start(this.type, properties);
	}

	private void fetch(TestServer server) {
		assertThat(this.application.begin(1, server.url("/hello")).block(PATIENCE)).containsOnly("hello");
	}

	private void finish(Mono<List<String>> calls) {
		this.gate.open();
		assertThat(calls.block(PATIENCE)).containsOnly("held");
	}

	private Answer act(String path, String action, @Nullable String host) {
		String where = (host != null) ? ",\"host\":\"" + host + "\"" : "";
		return this.application.post(path, "{\"action\":\"" + action + "\"" + where + "}");
	}

	private JsonNode host(TestServer server, String path) {
		JsonNode answer = this.application.get(path).json();
		return (path.isEmpty() ? answer.at("/clients/default") : answer).get("hosts").get(server.host());
	}

	private JsonNode stream(TestServer server) {
		return host(server, "/default").at("/connectionList/0/streams/0");
	}

	private static void refused(Answer answer, HttpStatus status, String sentence) {
		assertThat(answer.status()).isEqualTo(status.value());
		assertThat(answer.json().get("status").asInt()).isEqualTo(status.value());
		assertThat(answer.json().get("title").asString()).isEqualTo(status.getReasonPhrase());
		assertThat(answer.json().get("detail").asString()).isEqualTo(sentence);
	}

	private void isJson(String... headers) {
		assertThat(this.application.get("", headers).json().at("/clients/default").isObject()).isTrue();
	}

	private String page() {
		Answer answer = this.application.get("", "Accept", "text/html");
		assertThat(answer.status()).isEqualTo(200);
		assertThat(answer.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=UTF-8");
		return answer.text();
	}

}
