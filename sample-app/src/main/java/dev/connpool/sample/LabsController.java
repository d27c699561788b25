package dev.connpool.sample;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;

import dev.connpool.sample.lab.Lab;
import dev.connpool.sample.lab.LabReport;
import dev.connpool.sample.lab.Laboratory;
import dev.connpool.sample.lab.Labs;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The labs over HTTP.
 */
@RestController
@RequestMapping("/labs")
@ConditionalOnWebApplication
class LabsController {

	private final Laboratory laboratory;

	private final Labs labs;

	LabsController(Laboratory laboratory, Labs labs) {
		this.laboratory = laboratory;
		this.labs = labs;
	}

	@GetMapping
	List<Entry> list() {
		return this.labs.all().stream().map((lab) -> new Entry(lab.name(), lab.claim())).toList();
	}

	@PostMapping
	Flux<LabReport> runAll() {
		return this.laboratory.run(this.labs.all());
	}

	@PostMapping("/{name}")
	Mono<LabReport> run(@PathVariable String name) {
		Lab lab = this.labs.find(name).orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
		return this.laboratory.run(lab);
	}

	@ExceptionHandler
	@ResponseStatus(HttpStatus.TOO_MANY_REQUESTS)
	void tooMany(RejectedExecutionException ex) {
	}

	/**
	 * A lab in the list.
	 *
	 * @param name the name, to be appended to the address
	 * @param claim what the lab claims
	 */
	record Entry(String name, String claim) {
	}

}
