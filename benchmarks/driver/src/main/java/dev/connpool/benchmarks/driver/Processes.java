package dev.connpool.benchmarks.driver;

import java.util.List;

import dev.connpool.benchmarks.Protocol;
import dev.connpool.benchmarks.Worker;

/**
 * Starts a process for a client and the server that it is to call.
 */
final class Processes {

	private final Options options;

	private final Servers servers;

	Processes(Options options, Servers servers) {
		this.options = options;
		this.servers = servers;
	}

	ClientProcess start(Client client, Server server, Protocol protocol, String flag) {
		List<String> flags = client.isUntracked() ? List.of(flag, Java.untracked()) : List.of(flag);
		List<String> main = List.of(Worker.class.getName(), client.adapter(), client.options(), protocol.name(),
				Integer.toString(this.servers.ports().of(server, protocol)),
				Integer.toString(this.servers.ports().status()), this.servers.files().connectionLog().toString());
		List<String> command = new Java(this.options, this.servers.files()).command(client.module(), flags, main);
		return new ClientProcess(client.id(), command, this.servers.files());
	}

}
