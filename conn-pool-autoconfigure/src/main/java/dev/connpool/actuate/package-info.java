/**
 * The {@code connpool} endpoint of Spring Boot's actuator: the clients as JSON, over JMX,
 * and as a live page.
 */
@NullMarked
package dev.connpool.actuate;

import org.jspecify.annotations.NullMarked;
