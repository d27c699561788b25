package dev.connpool.sample.lab;

import reactor.core.publisher.Mono;

/**
 * The traffic of a lab.
 */
@FunctionalInterface
public interface Experiment {

	/**
	 * Send requests and tell the bench how they ended.
	 * @param bench where to get clients and where to count
	 * @return completes when every request has ended
	 */
	Mono<Void> run(Bench bench);

}
