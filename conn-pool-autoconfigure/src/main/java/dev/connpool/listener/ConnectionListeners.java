package dev.connpool.listener;

import java.util.List;
import java.util.function.Consumer;

import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * Several {@link ConnectionListener listeners}, told one after another; what one throws
 * keeps nothing from the others.
 */
public final class ConnectionListeners {

	/**
	 * Nobody.
	 */
	public static final ConnectionListeners NONE = new ConnectionListeners(List.of());

	private static final Logger log = Loggers.getLogger(ConnectionListeners.class);

	private final ConnectionListener[] listeners;

	/**
	 * Create listeners.
	 * @param listeners in the order in which they are told
	 */
	public ConnectionListeners(List<ConnectionListener> listeners) {
		this.listeners = listeners.toArray(ConnectionListener[]::new);
	}

	/**
	 * Return whether there is nobody to tell, so that nothing need be measured.
	 * @return whether there is no listener
	 */
	public boolean isEmpty() {
		return this.listeners.length == 0;
	}

	/**
	 * Tell all listeners.
	 * @param event what to tell each of them
	 */
	public void tell(Consumer<ConnectionListener> event) {
		for (ConnectionListener listener : this.listeners) {
			try {
				event.accept(listener);
			}
			catch (Throwable ex) {
				log.warn("{} failed", listener, ex);
			}
		}
	}

}
