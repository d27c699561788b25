package dev.connpool.pool.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;

/**
 * Tests for {@link Lease}.
 */
class LeaseTests {

	private static final int ROUNDS = 500;

	private static final Map<String, Predicate<Lease>> CHANGES = Map.of("grant", (lease) -> lease.grant(connection()),
			"revoke", Lease::revoke, "activate", Lease::activate, "leave", Lease::leave, "decline", Lease::decline);

	private final PooledConnection connection = connection();

	@ParameterizedTest(name = "{0}")
	@MethodSource
	void onlyWhatMayFollowAStateChangesIt(String state, Consumer<Lease> reached, List<String> permitted) {
		CHANGES.forEach((name, change) -> {
			Lease lease = lease();
			reached.accept(lease);
			boolean waiting = lease.isWaiting();
			boolean active = lease.isActive();
			assertThat(change.test(lease)).as(name).isEqualTo(permitted.contains(name));
			if (!permitted.contains(name)) {
				assertThat(lease.isWaiting()).as(name).isEqualTo(waiting);
				assertThat(lease.isActive()).as(name).isEqualTo(active);
			}
		});
	}

	static Stream<Arguments> onlyWhatMayFollowAStateChangesIt() {
		return Stream.of(state("waiting", (lease) -> {
		}, "grant", "leave"), state("granted", LeaseTests::grant, "revoke", "activate", "decline"),
				state("waiting again", (lease) -> {
					grant(lease);
					lease.revoke();
				}, "grant", "leave"), state("active", LeaseTests::begin), state("left", Lease::leave),
				state("declined", (lease) -> {
					grant(lease);
					lease.decline();
				}), state("finished", (lease) -> {
					begin(lease);
					lease.finish();
				}));
	}

	private static Arguments state(String name, Consumer<Lease> reached, String... permitted) {
		return Arguments.of(name, reached, List.of(permitted));
	}

	@Test
	void itWaitsIsGrantedAConnectionUsesItAndEnds() {
		Lease lease = lease();
		assertThat(lease.isWaiting()).isTrue();
		assertThat(lease.connection()).isNull();
		assertThat(lease.grant(this.connection)).isTrue();
		assertThat(lease.isWaiting()).isFalse();
		assertThat(lease.granted()).isSameAs(this.connection);
		assertThat(lease.isActive()).isFalse();
		assertThat(lease.activate()).isTrue();
		assertThat(lease.isActive()).isTrue();
		lease.finish();
		assertThat(lease.isActive()).isFalse();
		assertThat(lease.isWaiting()).isFalse();
	}

	@Test
	void oneOfThoseWhoWantToChangeItSucceeds() throws Exception {
		for (int round = 0; round < ROUNDS; round++) {
			Lease lease = lease();
			CyclicBarrier start = new CyclicBarrier(2);
			CompletableFuture<Boolean> left = CompletableFuture.supplyAsync(() -> {
				meet(start);
				return lease.leave();
			});
			meet(start);
			boolean granted = lease.grant(this.connection);
			assertThat(granted).isNotEqualTo(left.get());
			assertThat(lease.isWaiting()).isFalse();
			assertThat(lease.activate()).isEqualTo(granted);
		}
	}

	@Test
	void itsSessionServesIt() {
		Session session = Mockito.mock(Session.class);
		given(this.connection.session()).willReturn(session);
		Lease lease = lease();
		grant(lease, this.connection);
		lease.run();
		then(session).should().serve(lease);
		then(lease).should(Mockito.never()).failed(any());
	}

	@Test
	void whatItsSessionThrowsIsToldToIt() {
		Session session = Mockito.mock(Session.class);
		IllegalStateException thrown = new IllegalStateException("told to fail");
		given(this.connection.session()).willReturn(session);
		willThrow(thrown).given(session).serve(any());
		Lease lease = lease();
		grant(lease, this.connection);
		lease.run();
		then(lease).should().failed(thrown);
	}

	@Test
	void itIsInOneListAndLeavesFromAnywhere() {
		LeaseList<Lease> list = new LeaseList<>();
		List<Lease> leases = List.of(lease(), lease(), lease());
		leases.forEach(list::addLast);
		list.remove(leases.get(1));
		list.remove(leases.get(1));
		list.addFirst(leases.get(1));
		List<Lease> found = new ArrayList<>();
		for (Lease next = list.first(); next != null; next = list.next(next)) {
			found.add(next);
		}
		assertThat(found).containsExactly(leases.get(1), leases.get(0), leases.get(2));
		assertThat(list.size()).isEqualTo(3);
		assertThat(list.last()).isSameAs(leases.get(2));
	}

	private static void meet(CyclicBarrier start) {
		try {
			start.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void grant(Lease lease) {
		grant(lease, connection());
	}

	private static void grant(Lease lease, PooledConnection connection) {
		assertThat(lease.grant(connection)).isTrue();
	}

	private static void begin(Lease lease) {
		grant(lease);
		assertThat(lease.activate()).isTrue();
	}

	private static PooledConnection connection() {
		return Mockito.mock(PooledConnection.class);
	}

	private static Lease lease() {
		return Mockito.mock(Lease.class,
				Mockito.withSettings().useConstructor().defaultAnswer(Mockito.CALLS_REAL_METHODS));
	}

}
