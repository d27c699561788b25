package dev.connpool.sample.lab;

import java.util.function.Predicate;

/**
 * One experiment and what it claims about the starter's client.
 *
 * @param name the name, as in a URL
 * @param claim what has to be seen, in words
 * @param maxConcurrentStreams the streams that the server allows on one connection
 * @param experiment what is done
 * @param proof what has to be seen
 */
public record Lab(String name, String claim, int maxConcurrentStreams, Experiment experiment,
		Predicate<Measurement> proof) {
}
