package dev.connpool.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;

/**
 * Begins all clients with the application context, before it accepts requests: the
 * connections that are to be there beforehand are opened. Ends all clients with the
 * application context: new exchanges are refused and those under way may finish, for as
 * long as {@code spring.lifecycle.timeout-per-shutdown-phase} allows.
 */
final class ClientsLifecycle implements SmartLifecycle, ApplicationListener<ApplicationReadyEvent> {

	/**
	 * Stops after web servers, message listeners and schedulers, which may still need a
	 * client, and before the event loops (phase 0).
	 */
	static final int PHASE = 1024;

	private static final Log logger = LogFactory.getLog(ClientsLifecycle.class);

	private final PooledClients clients;

	private final EarlyConnections connections;

	private volatile boolean running;

	private volatile boolean stopped;

	ClientsLifecycle(PooledClients clients, EarlyConnections connections) {
		this.clients = clients;
		this.connections = connections;
	}

	@Override
	public void start() {
		if (this.stopped) {
			logger.warn("The clients were shut down with the application context and cannot be started again");
		}
		else {
			this.connections.open();
		}
		this.running = true;
	}

	@Override
	public void onApplicationEvent(ApplicationReadyEvent event) {
		this.clients.warmUp();
	}

	@Override
	public void stop() {
		stop(() -> {
		});
	}

	@Override
	public void stop(Runnable callback) {
		this.stopped = true;
		this.running = false;
		this.clients.shutdown().doFinally((signal) -> callback.run()).subscribe((nothing) -> {
		}, (ex) -> logger.warn("A client did not shut down in order", ex));
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
