package dev.connpool.sample.lab;

/**
 * A lab's outcome on both clients.
 *
 * @param name the name of the lab
 * @param claim what the lab claims about the starter's client
 * @param verified whether that was seen
 * @param connPool what the starter's client did
 * @param bootDefault what Spring Boot's default client did
 */
public record LabReport(String name, String claim, boolean verified, Measurement connPool, Measurement bootDefault) {
}
