package dev.connpool.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;

/**
 * {@link SpringBootCondition} that applies where Boot configures reactive security, which
 * is anywhere but in servlet applications.
 */
final class NotServletWebApplicationCondition extends NoneNestedConditions {

	NotServletWebApplicationCondition() {
		super(ConfigurationPhase.PARSE_CONFIGURATION);
	}

	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static final class ServletWebApplication {

	}

}
