package dev.connpool.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

import dev.connpool.web.ClientTransport;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.http.client.HttpClientSettings;

/**
 * What comes of one client behind one kind of builder: the {@link HttpClient} with
 * everything applied to it, and the transport, which is the same whatever settings a
 * builder is given.
 *
 * @param <B> the type of the builder
 */
final class CustomizedDoor<B> {

	private final ClientDoor door;

	private final CustomizedBuilder<B> customized;

	private final Build<B> build;

	private final boolean keepsAddresses;

	private final CapturedClient own;

	private final ClientTransport transport;

	/**
	 * Create a door.
	 * @param door the client
	 * @param customized the builder
	 * @param choice decides on the transport
	 * @param build builds with a builder
	 */
	CustomizedDoor(ClientDoor door, CustomizedBuilder<B> customized, TransportChoice choice, Build<B> build) {
		this.door = door;
		this.customized = customized;
		this.build = build;
		this.keepsAddresses = keepsAddresses(customized.builder());
		List<String> changing = new ArrayList<>();
		this.own = new CapturedClient((built) -> door.customize(built, changing::add));
		changing.addAll(0, customized.changing(
				() -> build(door.own(), (built) -> new ProbedClient(this.own.apply(built), customized::changedLater))));
		if (!this.keepsAddresses) {
			changing.add(0, customized.first((builder) -> !keepsAddresses(builder)));
		}
		this.transport = choice.of(door.pooled().name(), changing.stream().distinct().toList());
	}

	private boolean keepsAddresses(B builder) {
		return this.door.keepsAddresses((start, last) -> this.build.accept(builder, start, last));
	}

	private void build(HttpClientSettings settings, UnaryOperator<HttpClient> last) {
		this.build.accept(this.customized.builder(), start(settings), last);
	}

	/**
	 * Return what a builder starts from.
	 * @param settings the settings that it was given
	 * @return the client, and what is left to apply to it
	 */
	ClientDoor.Start start(HttpClientSettings settings) {
		return this.door.start(settings, this.keepsAddresses);
	}

	/**
	 * Return the client when nothing else is asked for.
	 * @return the client with everything applied to it
	 */
	HttpClient httpClient() {
		return this.own.get();
	}

	/**
	 * Return the client for other settings.
	 * @param settings the settings
	 * @return the client with everything applied to it
	 */
	HttpClient httpClient(HttpClientSettings settings) {
		CapturedClient other = new CapturedClient(this.door::customize);
		build(settings, other);
		return other.get();
	}

	B builder() {
		return this.customized.builder();
	}

	ClientDoor door() {
		return this.door;
	}

	/**
	 * Return the transport.
	 * @return the transport, and why it is that one
	 */
	ClientTransport transport() {
		return this.transport;
	}

	/**
	 * Builds with a builder.
	 *
	 * @param <B> the type of the builder
	 */
	interface Build<B> {

		/**
		 * Build.
		 * @param builder the builder
		 * @param start what it starts from
		 * @param last what it applies to the client in the end
		 */
		void accept(B builder, ClientDoor.Start start, UnaryOperator<HttpClient> last);

	}

}
