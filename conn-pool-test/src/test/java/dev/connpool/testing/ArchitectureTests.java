package dev.connpool.testing;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What users may rely on, and what the kit relies on.
 */
class ArchitectureTests {

	private static final JavaClasses kit = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.withImportOption((location) -> location.contains("conn-pool-test"))
		.importPackages("dev.connpool.testing");

	@Test
	void theseTypesArePublic() {
		assertThat(kit).filteredOn((type) -> type.getModifiers().contains(JavaModifier.PUBLIC))
			.extracting(JavaClass::getSimpleName)
			.containsExactlyInAnyOrder("ConnPoolAssertions", "ConnPoolClientAssert", "HostAssert", "ScriptedServer",
					"Script", "Gate", "ServerAssert", "ObservedServer", "Origin", "ConnectionCount", "WireLog");
	}

	@Test
	void neitherSpringNorJUnitIsNeeded() {
		classes().should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "javax.net.ssl..", "org.jspecify..", "org.assertj..", "org.awaitility..",
					"io.netty..", "reactor..", "org.reactivestreams..", "dev.connpool.testing..", "dev.connpool.web..",
					"dev.connpool.snapshot..", "dev.connpool.finding..")
			.check(kit);
	}

}
