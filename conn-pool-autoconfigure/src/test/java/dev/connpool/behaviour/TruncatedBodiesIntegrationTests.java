package dev.connpool.behaviour;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

import dev.connpool.error.ConnectionLostException;
import dev.connpool.testing.Network;
import dev.connpool.testing.RawConnection;
import dev.connpool.testing.RawServer;
import dev.connpool.testing.TestClient;
import dev.connpool.testing.Transport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * A body that may have been cut short is an error, whatever tells its end (B38; RFC 9112,
 * sections 8 and 9.8).
 */
@Transport.Each
class TruncatedBodiesIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final String UNTIL_CLOSE = "HTTP/1.1 200 OK\r\n\r\npartial";

	@RegisterExtension
	final Network network;

	static Stream<Arguments> truncations() {
		return Stream.of(Door.values())
			.flatMap((door) -> Stream.of(Truncation.values()).map((truncation) -> Arguments.of(door, truncation)));
	}

	TruncatedBodiesIntegrationTests(Transport transport) {
		this.network = new Network(transport);
	}

	@ParameterizedTest
	@MethodSource("truncations")
	void aBodyThatIsCutShortIsAnError(Door door, Truncation truncation) {
		RawServer.Script script = (connection) -> {
			connection.readHead();
			connection.write(truncation.response);
			truncation.end.of(connection);
		};
		RawServer server = truncation.secure ? RawServer.tls(this.network, script, "http/1.1")
				: RawServer.start(this.network, script);
		TestClient client = this.network.client();
		Throwable error = catchThrowable(() -> door.get(client, server.url("/")));
		assertThat(Stream.iterate(error, Objects::nonNull, Throwable::getCause))
			.hasAtLeastOneElementOfType(ConnectionLostException.class);
		assertThat(client).holdsNothing();
	}

	@ParameterizedTest
	@EnumSource
	void aBodyThatEndsInOrderIsComplete(Door door) {
		RawServer.Script script = (connection) -> {
			connection.readHead();
			connection.write(UNTIL_CLOSE);
			connection.finish();
		};
		RawServer plain = RawServer.start(this.network, script);
		RawServer secured = RawServer.tls(this.network, script, "http/1.1");
		TestClient client = this.network.client();
		assertThat(door.get(client, plain.url("/"))).isEqualTo("partial");
		assertThat(door.get(client, secured.url("/"))).isEqualTo("partial");
	}

	// It has said itself how long it is
	@ParameterizedTest
	@EnumSource
	void aBodyOfKnownLengthNeedsNoOrderlyEnd(Door door) {
		RawServer server = RawServer.tls(this.network, (connection) -> {
			connection.readHead();
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
			connection.cut();
		}, "http/1.1");
		assertThat(door.get(this.network.client(), server.url("/"))).isEqualTo("hello");
	}

	enum Truncation {

		UNTIL_CLOSE_WITHOUT_CLOSE_NOTIFY(true, UNTIL_CLOSE, End.CUT),

		UNTIL_CLOSE_RESET(false, UNTIL_CLOSE, End.RESET),

		UNTIL_CLOSE_RESET_OVER_TLS(true, UNTIL_CLOSE, End.RESET),

		SIZED(false, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npartial", End.CUT),

		SIZED_OVER_TLS(true, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\npartial", End.FINISH),

		CHUNKED(false, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n", End.CUT),

		CHUNKED_OVER_TLS(true, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\npartial\r\n0\r\n",
				End.FINISH);

		private final boolean secure;

		private final String response;

		private final End end;

		Truncation(boolean secure, String response, End end) {
			this.secure = secure;
			this.response = response;
			this.end = end;
		}

	}

	enum End {

		CUT {

			@Override
			void of(RawConnection connection) throws IOException {
				connection.cut();
			}

		},

		FINISH {

			@Override
			void of(RawConnection connection) throws IOException {
				connection.finish();
			}

		},

		RESET {

			@Override
			void of(RawConnection connection) throws IOException {
				connection.reset();
			}

		};

		abstract void of(RawConnection connection) throws IOException;

	}

	enum Door {

		HTTP_CLIENT {

			@Override
			String get(TestClient client, String url) {
				return client.fetch(url);
			}

		},

		WEB_CLIENT {

			@Override
			String get(TestClient client, String url) {
				return String
					.valueOf(client.webClient().get().uri(url).retrieve().bodyToMono(String.class).block(PATIENCE));
			}

		},

		REST_CLIENT {

			@Override
			String get(TestClient client, String url) {
				return String.valueOf(client.restClient().get().uri(url).retrieve().body(String.class));
			}

		};

		abstract String get(TestClient client, String url);

	}

}
