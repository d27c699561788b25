package dev.connpool.finding;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;
import reactor.util.Logger;
import reactor.util.Loggers;

/**
 * What should be changed about the clients of an application.
 */
public final class Findings implements AutoCloseable {

	private static final Logger log = Loggers.getLogger(Findings.class);

	private final Map<String, ClientFindings> clients;

	private @Nullable Disposable looking;

	/**
	 * Create findings.
	 * @param clients what looks at each client, by its name
	 */
	public Findings(Map<String, ClientFindings> clients) {
		this.clients = new LinkedHashMap<>(clients);
	}

	/**
	 * Look at all clients from now on.
	 */
	public synchronized void start() {
		if (this.looking == null) {
			this.looking = Schedulers.boundedElastic()
				.schedulePeriodically(this::look, 0, ClientFindings.PERIOD.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void look() {
		this.clients.forEach((name, client) -> {
			try {
				client.look();
			}
			catch (RuntimeException ex) {
				log.warn("Client '{}' could not be looked at", name, ex);
			}
		});
	}

	/**
	 * Return what should be changed about one client.
	 * @param client the client name
	 * @return the findings, the worst first; none if there is no such client
	 */
	public List<Finding> of(String client) {
		ClientFindings known = this.clients.get(client);
		return (known != null) ? known.current() : List.of();
	}

	/**
	 * Return what was found when a client was looked at last, without looking again.
	 * @param client the client name
	 * @return the findings, the worst first; none if there is no such client
	 */
	public List<Finding> known(String client) {
		ClientFindings known = this.clients.get(client);
		return (known != null) ? known.known() : List.of();
	}

	@Override
	public synchronized void close() {
		if (this.looking != null) {
			this.looking.dispose();
		}
	}

}
