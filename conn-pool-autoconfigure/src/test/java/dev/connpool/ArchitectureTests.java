package dev.connpool;

import java.util.stream.Stream;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.diagnostics.FailureAnalyzer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * The shape of the code base, as rules.
 */
class ArchitectureTests {

	private static final JavaClasses main = new ClassFileImporter()
		.withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
		.importPackages("dev.connpool");

	@Test
	void packagesHaveNoCycles() {
		slices().matching("dev.connpool.(*)..").should().beFreeOfCycles().check(main);
	}

	@Test
	void nestedPackagesHaveNoCycles() {
		slices().matching("dev.connpool.(**)").should().beFreeOfCycles().check(main);
	}

	@Test
	void settingsErrorsAndSnapshotsStandAlone() {
		packageDependsOn("settings");
		packageDependsOn("error", "settings");
		packageDependsOn("snapshot");
		packageDependsOn("listener");
	}

	@Test
	void poolKnowsSettingsErrorsAndSnapshots() {
		packageDependsOn("pool", "settings", "error", "snapshot", "listener");
	}

	@Test
	void thePackagesOfThePoolHaveNoCycles() {
		slices().matching("dev.connpool.pool.(**)").should().beFreeOfCycles().check(main);
	}

	@Test
	void eachPackageOfThePoolKnowsThoseBelowIt() {
		poolDependsOn("memory");
		poolDependsOn("host", "memory");
		poolDependsOn("content");
		poolDependsOn("connection", "host", "memory");
		poolDependsOn("replay", "host");
		poolDependsOn("dial", "connection", "host");
		poolDependsOn("http1", "connection", "host");
		poolDependsOn("http2", "connection", "host");
		poolDependsOn("exchange", "connection", "content", "replay", "host");
		poolDependsOn("acquire", "dial", "connection", "host", "memory");
		poolDependsOn("survey", "acquire", "exchange", "dial", "connection", "host", "memory");
	}

	@Test
	void onlyReactorKnowsTheRootOfThePool() {
		noClasses().that()
			.resideInAPackage("dev.connpool.pool.*..")
			.and()
			.resideOutsideOfPackage("dev.connpool.pool.reactor..")
			.should()
			.dependOnClassesThat()
			.resideInAnyPackage("dev.connpool.pool", "dev.connpool.pool.reactor..")
			.check(main);
		noClasses().that()
			.resideInAPackage("dev.connpool.pool")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.connpool.pool.reactor..")
			.check(main);
	}

	@Test
	void onlyTheClientAndWhatSendsRequestsUseThePoolAndOnlyThroughItsDoors() {
		noClasses().that()
			.resideOutsideOfPackages("dev.connpool.pool..", "dev.connpool.client..", "dev.connpool.connector..",
					"dev.connpool.blocking..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("dev.connpool.pool..")
			.check(main);
		noClasses().that()
			.resideInAPackage("dev.connpool.client..")
			.should()
			.dependOnClassesThat(DescribedPredicate.describe("are of the pool but no door of it",
					(type) -> type.getPackageName().startsWith("dev.connpool.pool") && !JavaClass.Predicates
						.resideInAnyPackage("dev.connpool.pool", "dev.connpool.pool.reactor")
						.test(type) && !type.getName().equals("dev.connpool.pool.host.ReloadableSslContext")))
			.check(main);
	}

	@Test
	void whatServesAnyTransportKnowsNothingOfReactorNetty() {
		noClasses().that()
			.resideInAnyPackage("dev.connpool.pool.exchange..", "dev.connpool.pool.replay..",
					"dev.connpool.pool.acquire..", "dev.connpool.pool.survey..", "dev.connpool.pool.content..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("reactor.netty..")
			.check(main);
	}

	@Test
	void onlyTransportsKnowTheHttpOfReactorNetty() {
		noClasses().that()
			.resideOutsideOfPackages("dev.connpool.pool.reactor..", "dev.connpool.client..", "dev.connpool.web..",
					"dev.connpool.connector..", "dev.connpool.autoconfigure..")
			.and()
			// It is made from a client of Reactor Netty, and knows nothing else of it.
			.doNotHaveFullyQualifiedName("dev.connpool.blocking.BlockingRequestFactory")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("reactor.netty.http..")
			.check(main);
	}

	@Test
	void clientKnowsThePool() {
		packageDependsOn("client", "settings", "pool", "snapshot", "error", "listener");
	}

	@Test
	void findingsKnowSettingsAndSnapshots() {
		packageDependsOn("finding", "settings", "snapshot");
	}

	@Test
	void metricsAreFedFromOutside() {
		packageDependsOn("metrics", "finding", "listener", "settings", "snapshot");
	}

	@Test
	void webKnowsTheClient() {
		packageDependsOn("web", "client", "snapshot", "settings");
	}

	@Test
	void theEndpointKnowsWhatIsPublic() {
		packageDependsOn("actuate", "web", "finding", "snapshot", "settings");
	}

	@Test
	void theConnectorKnowsThePoolAndWhatThatShows() {
		packageDependsOn("connector", "pool.exchange", "pool.reactor", "pool.host", "error", "settings");
	}

	@Test
	void blockingKnowsThePoolAlone() {
		packageDependsOn("blocking", "pool.exchange", "pool.reactor", "pool.host");
	}

	@Test
	void bindingMakesSettingsOfProperties() {
		packageDependsOn("autoconfigure.binding", "settings", "finding", "web");
	}

	@Test
	void onlyTheAutoConfigurationKnowsWhatSendsRequestsAndBinding() {
		Stream.of("connector", "blocking", "autoconfigure.binding")
			.map("dev.connpool.%s.."::formatted)
			.forEach((name) -> noClasses().that()
				.resideOutsideOfPackages("dev.connpool.autoconfigure", name)
				.should()
				.dependOnClassesThat()
				.resideInAPackage(name)
				.check(main));
	}

	@Test
	void onlyTheEdgesKnowSpring() {
		noClasses().that()
			.resideInAPackage("dev.connpool..")
			.and()
			.resideOutsideOfPackages("dev.connpool.connector..", "dev.connpool.blocking..", "dev.connpool.web..",
					"dev.connpool.actuate..", "dev.connpool.autoconfigure..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework..")
			.check(main);
	}

	@Test
	void whatSendsRequestsAndWebKnowSpringButNotBoot() {
		noClasses().that()
			.resideInAnyPackage("dev.connpool.connector..", "dev.connpool.blocking..", "dev.connpool.web..")
			.should()
			.dependOnClassesThat()
			.resideInAPackage("org.springframework.boot..")
			.check(main);
	}

	@Test
	void settingsArePlainJava() {
		classes().that()
			.resideInAPackage("dev.connpool.settings")
			.should()
			.onlyDependOnClassesThat()
			.resideInAnyPackage("java..", "org.jspecify..", "dev.connpool.settings")
			.check(main);
	}

	@Test
	void autoConfigurationsArePublicAndFinal() {
		classes().that()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePublic()
			.andShould()
			.haveModifier(JavaModifier.FINAL)
			.check(main);
	}

	@Test
	void autoConfigurationMethodsArePackagePrivate() {
		methods().that()
			.areDeclaredInClassesThat()
			.areAnnotatedWith(AutoConfiguration.class)
			.should()
			.bePackagePrivate()
			.check(main);
	}

	@Test
	void onlyAutoConfigurationsArePublicAmongThem() {
		classes().that()
			.resideInAPackage("dev.connpool.autoconfigure")
			.and()
			.areNotAnnotatedWith(AutoConfiguration.class)
			.should()
			.notBePublic()
			.check(main);
	}

	@Test
	void propertiesAndFailureAnalyzersAreHidden() {
		classes().that().areAnnotatedWith(ConfigurationProperties.class).should().bePackagePrivate().check(main);
		classes().that().areAssignableTo(FailureAnalyzer.class).should().bePackagePrivate().check(main);
	}

	@Test
	void caseConversionsNameTheirLocale() {
		noClasses().should().callMethod(String.class, "toLowerCase").check(main);
		noClasses().should().callMethod(String.class, "toUpperCase").check(main);
	}

	@Test
	void nobodyLogsPastTheApplication() {
		noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging..").check(main);
		noClasses().should().accessField(System.class, "out").check(main);
		noClasses().should().accessField(System.class, "err").check(main);
	}

	private static void poolDependsOn(String name, String... others) {
		String[] allowed = new String[others.length + 1];
		allowed[0] = "dev.connpool.pool." + name + "..";
		for (int i = 0; i < others.length; i++) {
			allowed[i + 1] = "dev.connpool.pool." + others[i] + "..";
		}
		noClasses().that()
			.resideInAPackage("dev.connpool.pool." + name + "..")
			.should()
			.dependOnClassesThat(DescribedPredicate.describe(
					"are of the pool but not among %s".formatted(String.join(", ", allowed)),
					(type) -> type.getPackageName().startsWith("dev.connpool.pool")
							&& !JavaClass.Predicates.resideInAnyPackage(allowed).test(type)))
			.check(main);
	}

	private static void packageDependsOn(String name, String... others) {
		String[] allowed = new String[others.length + 1];
		allowed[0] = "dev.connpool." + name + "..";
		for (int i = 0; i < others.length; i++) {
			allowed[i + 1] = "dev.connpool." + others[i] + "..";
		}
		noClasses().that()
			.resideInAPackage("dev.connpool." + name + "..")
			.should()
			.dependOnClassesThat(
					DescribedPredicate.describe("are ours but not among %s".formatted(String.join(", ", allowed)),
							(type) -> type.getPackageName().startsWith("dev.connpool")
									&& !JavaClass.Predicates.resideInAnyPackage(allowed).test(type)))
			.allowEmptyShould(true)
			.check(main);
	}

}
