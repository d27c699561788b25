package dev.connpool.sample.lab;

import java.util.List;
import java.util.Optional;

import dev.connpool.settings.ClientSettings;

/**
 * The labs, in the order in which they are run.
 *
 * @param warmUp traffic that lets the virtual machine compile what both clients need
 * @param all every lab
 */
public record Labs(List<Lab> warmUp, List<Lab> all) {

	private static final int STREAMS = 1000;

	/**
	 * Return every lab of the sample.
	 * @return the labs
	 */
	public static Labs create() {
		return new Labs(List.of(warmUp(LabSettings.HTTP_1_1), warmUp(LabSettings.HTTP_2)),
				List.of(sequential(), tenByTen(), limit(), keepAliveOff(), coldBurst(), limitedStreams(),
						limitedStreamsStrict(), slowStream(), headerBytes()));
	}

	/**
	 * Find a lab.
	 * @param name its name
	 * @return the lab, if there is one of that name
	 */
	public Optional<Lab> find(String name) {
		return this.all.stream().filter((lab) -> lab.name().equals(name)).findFirst();
	}

	private static Lab warmUp(ClientSettings settings) {
		return new Lab("warm-up", "nothing", STREAMS, new Callers(settings, 10, 50, "/fast"), (seen) -> true);
	}

	private static Lab sequential() {
		return new Lab("sequential", "HTTP/1.1, 10 requests in a row: 1 connection", STREAMS,
				new Callers(LabSettings.HTTP_1_1, 1, 10, "/fast"),
				(seen) -> seen.complete(10) && seen.connections() == 1);
	}

	private static Lab tenByTen() {
		return new Lab("ten-by-ten", "HTTP/1.1, 10 callers x 10 requests: at most 10", STREAMS,
				new Callers(LabSettings.HTTP_1_1, 10, 10, "/fast"),
				(seen) -> seen.complete(100) && seen.connections() <= 10);
	}

	private static Lab limit() {
		return new Lab("limit", "HTTP/1.1, 100 callers, limit 8: exactly 8, none fails", STREAMS,
				new Callers(LabSettings.HTTP_1_1_LIMIT_8, 100, 1, "/slow/20"),
				(seen) -> seen.complete(100) && seen.connections() == 8);
	}

	private static Lab keepAliveOff() {
		return new Lab("keep-alive-off", "HTTP/1.1, 10 requests, keep-alive off: 10", STREAMS,
				new Callers(LabSettings.HTTP_1_1_NO_KEEP_ALIVE, 1, 10, "/fast"),
				(seen) -> seen.complete(10) && seen.connections() == 10);
	}

	private static Lab coldBurst() {
		return new Lab("cold-burst", "HTTP/2, 1,000 at once, cold: 1, none fails", STREAMS,
				new Callers(LabSettings.HTTP_2, 1000, 1, "/slow/50"),
				(seen) -> seen.complete(1000) && seen.connections() == 1);
	}

	private static Lab limitedStreams() {
		return new Lab("limited-streams", "the same, server allows 100 streams: at most 10", 100,
				new Callers(LabSettings.HTTP_2, 1000, 1, "/slow/50"),
				(seen) -> seen.complete(1000) && seen.connections() <= 10);
	}

	private static Lab limitedStreamsStrict() {
		return new Lab("limited-streams-strict", "the same, strict: exactly 1, the rest waits", 100,
				new Callers(LabSettings.HTTP_2_STRICT, 1000, 1, "/slow/50"),
				(seen) -> seen.complete(1000) && seen.connections() == 1);
	}

	private static Lab slowStream() {
		return new Lab("slow-stream", "HTTP/2, 1 slow among 100 fast: 1, slow delays nobody", STREAMS,
				new SlowStream(LabSettings.HTTP_2, 100), (seen) -> seen.complete(101) && seen.connections() == 1
						&& seen.detail(SlowStream.FAST_BEFORE_SLOW) == 100);
	}

	private static Lab headerBytes() {
		return new Lab("header-bytes", "10 headers, HTTP/2 needs under a third of HTTP/1.1", STREAMS,
				new HeaderBytes(LabSettings.HTTP_1_1, LabSettings.HTTP_2, 200),
				(seen) -> seen.complete(402) && seen.detail(HeaderBytes.HTTP2) > 0
						&& seen.detail(HeaderBytes.HTTP2) * 3 < seen.detail(HeaderBytes.HTTP1));
	}

}
