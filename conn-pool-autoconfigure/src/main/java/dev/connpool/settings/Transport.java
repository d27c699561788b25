package dev.connpool.settings;

/**
 * What sends the requests of a {@code WebClient} on the connections of the pool.
 */
public enum Transport {

	/**
	 * {@link #DIRECT} where nobody has changed the Reactor Netty client, else
	 * {@link #REACTOR_NETTY}.
	 */
	AUTO("auto"),

	/**
	 * The pool itself.
	 */
	DIRECT("direct"),

	/**
	 * Reactor Netty's client.
	 */
	REACTOR_NETTY("reactor-netty");

	private final String id;

	Transport(String id) {
		this.id = id;
	}

	/**
	 * Return how it is written in properties and shown.
	 * @return the id, such as {@code reactor-netty}
	 */
	public String id() {
		return this.id;
	}

	@Override
	public String toString() {
		return this.id;
	}

}
