package dev.connpool.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What puts the requests of a client under test on its connections.
 */
public enum Transport {

	/** The {@code HttpClient} of Reactor Netty. */
	REACTOR_NETTY,

	/** A {@code WebClient} without the HTTP layer of Reactor Netty. */
	DIRECT,

	/** A {@code RestClient} without it, whose threads wait. */
	BLOCKING;

	/**
	 * Runs all tests of a class once on each transport of {@code WebClient}, which the
	 * constructor hands to the {@link Network}.
	 */
	@Target(ElementType.TYPE)
	@Retention(RetentionPolicy.RUNTIME)
	@ParameterizedClass(name = "{0}")
	@EnumSource(value = Transport.class, names = { "REACTOR_NETTY", "DIRECT" })
	public @interface Each {

	}

}
