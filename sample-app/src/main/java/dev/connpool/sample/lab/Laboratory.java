package dev.connpool.sample.lab;

import java.util.List;

import dev.connpool.sample.backend.Backend;
import dev.connpool.sample.backend.BackendCertificate;
import dev.connpool.sample.client.BootDefaultSubject;
import dev.connpool.sample.client.ConnPoolSubject;
import dev.connpool.sample.client.Subject;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/**
 * Runs one lab at a time, off the event loops; a few may wait.
 */
public final class Laboratory implements AutoCloseable {

	private static final int MAX_WAITING = 32;

	private final LoopResources loops = LoopResources.create("lab", LoopResources.DEFAULT_IO_WORKER_COUNT, true);

	private final Scheduler scheduler = Schedulers.newBoundedElastic(1, MAX_WAITING, "labs", 60, true);

	private final BackendCertificate certificate;

	private final Subject connPool;

	private final Subject bootDefault;

	/**
	 * Open a laboratory.
	 * @param certificate what the servers show and the clients trust
	 */
	public Laboratory(BackendCertificate certificate) {
		this.certificate = certificate;
		this.connPool = new ConnPoolSubject(certificate, this.loops);
		this.bootDefault = new BootDefaultSubject(certificate, this.loops);
	}

	/**
	 * Run labs one after the other.
	 * @param labs the labs
	 * @return their reports, each as soon as it is there
	 */
	public Flux<LabReport> run(List<Lab> labs) {
		return Flux.fromIterable(labs).concatMap(this::run);
	}

	/**
	 * Run a lab on both clients, each fresh.
	 * @param lab the lab
	 * @return its report
	 */
	public Mono<LabReport> run(Lab lab) {
		return Mono.fromCallable(() -> report(lab)).subscribeOn(this.scheduler);
	}

	@Override
	public void close() {
		this.scheduler.dispose();
		this.loops.dispose();
	}

	private LabReport report(Lab lab) {
		Measurement bootDefault = measure(lab, this.bootDefault);
		Measurement connPool = measure(lab, this.connPool);
		return new LabReport(lab.name(), lab.claim(), lab.proof().test(connPool), connPool, bootDefault);
	}

	private Measurement measure(Lab lab, Subject subject) {
		try (Backend backend = new Backend(this.certificate, 0, lab.maxConcurrentStreams())) {
			return new Bench(backend, subject).measure(lab.experiment());
		}
	}

}
