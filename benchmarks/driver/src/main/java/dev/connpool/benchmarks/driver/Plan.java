package dev.connpool.benchmarks.driver;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is measured, with which clients, how often and for how long.
 *
 * @param clients the clients
 * @param cells the steady loads
 * @param bursts the bursts
 * @param downloads the downloads
 * @param rounds windows of each cell and client
 * @param warm CPU seconds of warm-up for each process
 * @param window CPU seconds of a window
 */
record Plan(List<Client> clients, List<Cell> cells, List<Burst> bursts, List<Download> downloads, int rounds,
		double warm, double window) {

	private static final List<String> SMOKE = List.of("http-client", "web-client-untracked", "boot");

	private static final List<String> QUICK = List.of("http-client", "web-client", "boot", "reactor", "reactor-strict",
			"vertx", "armeria");

	private static final List<String> SMALL_CELLS = List.of("nginx:H2:/small:64", "nginx:H1:/small:64");

	/** The first of each protocol is what clients are warmed up with. */
	private static final List<String> ALL_CELLS = List.of("nginx:H1:/small:64", "nginx:H1:/small:256",
			"nginx:H1:/small:16", "nginx:H1:/small:1", "nginx:H1:/json10k:64", "nginx:H1:/post:64",
			"nginx:H1:/big1m:16", "nginx:H1S:/small:64", "nginx:H1S:/small:256", "nginx:H1S:/small:16",
			"nginx:H1S:/small:1", "nginx:H1S:/json10k:64", "nginx:H1S:/post:64", "nginx:H1S:/big1m:16",
			"nginx:H2:/small:64", "nginx:H2:/small:256", "nginx:H2:/small:16", "nginx:H2:/small:1",
			"nginx:H2:/json10k:64", "nginx:H2:/post:64", "nginx:H2:/big1m:16", "nginx:H2C:/small:64",
			"nginx:H2C:/small:256", "nginx:H2C:/small:16", "nginx:H2C:/small:1", "nginx:H2C:/json10k:64",
			"nginx:H2C:/post:64", "nginx:H2C:/big1m:16", "nghttpd:H2:/small:64");

	private static final List<String> ALL_BURSTS = List.of("nginx:H1", "nginx:H2", "nginx-wide:H2");

	private static final List<String> ALL_DOWNLOADS = List.of("nginx-far:H1S", "nginx-far:H2",
			"nginx-far:H1S:/upload10m", "nginx-far:H2:/upload10m");

	static Plan smoke(Options options) {
		return of(options, SMOKE, List.of("nginx:H2:/small:16", "nginx:H1:/small:16"), List.of(),
				List.of("nginx-far:H1S"), 1, 0.3, 0.2);
	}

	static Plan quick(Options options) {
		return of(options, QUICK, SMALL_CELLS, List.of("nginx:H2"), List.of(), 3, 6, 0.7);
	}

	static Plan full(Options options) {
		return of(options, Client.tracked(), ALL_CELLS, ALL_BURSTS, ALL_DOWNLOADS, 3, 4, 0.6);
	}

	private static Plan of(Options options, List<String> clients, List<String> cells, List<String> bursts,
			List<String> downloads, int rounds, double warm, double window) {
		return new Plan(options.list("clients", clients).stream().map(Client::of).toList(),
				options.list("cells", cells).stream().map(Cell::parse).toList(),
				options.list("bursts", bursts).stream().map(Burst::parse).toList(),
				options.list("downloads", downloads).stream().map(Download::parse).toList(),
				options.count("rounds", rounds), options.number("warm", warm), options.number("window", window));
	}

	/**
	 * Return whether the compilers are to have done their work before anything is
	 * measured.
	 * @return whether figures count
	 */
	boolean isThorough() {
		return this.warm >= 1;
	}

	Set<Server> servers() {
		Set<Server> servers = EnumSet.noneOf(Server.class);
		this.cells.forEach((cell) -> servers.add(cell.server()));
		this.bursts.forEach((burst) -> servers.add(burst.server()));
		this.downloads.forEach((download) -> servers.add(download.server()));
		if (servers.contains(Server.NGINX_FAR)) {
			servers.add(Server.NGINX);
		}
		return servers;
	}

}
