package dev.connpool.benchmarks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * Keeps a number of requests in flight: the end of one issues the next on the same
 * thread. Blocking adapters get a thread for each instead.
 */
public final class Load {

	private static final ScheduledExecutorService RETRY = Executors.newSingleThreadScheduledExecutor(Load::daemon);

	private static final Executor THREADS = Executors.newCachedThreadPool(Load::daemon);

	private final ClientAdapter adapter;

	private final Request request;

	private final int inFlight;

	private final int perSlot;

	private final CountDownLatch stopped;

	private final LongAdder completed = new LongAdder();

	private final LongAdder failed = new LongAdder();

	private final Map<String, AtomicInteger> errors = new ConcurrentHashMap<>();

	private volatile Histogram latencies = new Histogram();

	private volatile boolean running = true;

	/**
	 * Create a load.
	 * @param adapter the client
	 * @param request what to send
	 * @param inFlight how many at once
	 * @param perSlot how many one after another; 0 means until {@link #stop}
	 */
	public Load(ClientAdapter adapter, Request request, int inFlight, int perSlot) {
		this.adapter = adapter;
		this.request = request;
		this.inFlight = inFlight;
		this.perSlot = (perSlot > 0) ? perSlot : Integer.MAX_VALUE;
		this.stopped = new CountDownLatch(inFlight);
	}

	private static Thread daemon(Runnable task) {
		Thread thread = new Thread(null, task, "bench", 256 * 1024);
		thread.setDaemon(true);
		return thread;
	}

	public void start() {
		for (int i = 0; i < this.inFlight; i++) {
			Slot slot = new Slot();
			if (this.adapter instanceof BlockingAdapter) {
				THREADS.execute(slot::loop);
			}
			else {
				slot.fire();
			}
		}
	}

	/**
	 * Return the latencies so far, and begin anew.
	 * @return the latencies
	 */
	public Histogram takeLatencies() {
		Histogram taken = this.latencies;
		this.latencies = new Histogram();
		return taken;
	}

	public long completed() {
		return this.completed.sum();
	}

	public long failed() {
		return this.failed.sum();
	}

	public long unfinished() {
		return this.stopped.getCount();
	}

	/**
	 * Return the most frequent errors.
	 * @return how often, and what
	 */
	public String errors() {
		return this.errors.entrySet()
			.stream()
			.sorted((a, b) -> b.getValue().get() - a.getValue().get())
			.limit(3)
			.map((error) -> error.getValue() + "x " + error.getKey())
			.collect(Collectors.joining("; "));
	}

	/**
	 * Issue no more requests.
	 * @param seconds how long to wait for those in flight
	 * @return whether they have ended
	 */
	public boolean stop(long seconds) throws InterruptedException {
		this.running = false;
		return await(seconds);
	}

	boolean await(long seconds) throws InterruptedException {
		return this.stopped.await(seconds, TimeUnit.SECONDS);
	}

	/**
	 * One request in flight after another.
	 */
	private final class Slot implements Callback {

		private int remaining = Load.this.perSlot;

		private long sentAt;

		private boolean failing;

		private void fire() {
			this.sentAt = System.nanoTime();
			try {
				Load.this.adapter.send(Load.this.request, this);
			}
			catch (RuntimeException ex) {
				failed(ex);
			}
		}

		private void loop() {
			while (Load.this.running && this.remaining > 0) {
				fire();
				if (this.failing) {
					pause();
				}
			}
			Load.this.stopped.countDown();
		}

		private void pause() {
			try {
				TimeUnit.MILLISECONDS.sleep(2);
			}
			catch (InterruptedException ex) {
				this.remaining = 0;
			}
		}

		@Override
		public void done(int status, byte[] body, Throwable error) {
			this.remaining--;
			this.failing = error != null || status != 200 || body == null
					|| body.length != Load.this.request.expectedLength();
			count(status, body, error);
			if (Load.this.adapter instanceof BlockingAdapter) {
				return;
			}
			if (!Load.this.running || this.remaining <= 0) {
				Load.this.stopped.countDown();
			}
			else if (this.failing) {
				RETRY.schedule(this::fire, 2, TimeUnit.MILLISECONDS);
			}
			else {
				fire();
			}
		}

		private void count(int status, byte[] body, Throwable error) {
			if (!this.failing) {
				Load.this.latencies.record(System.nanoTime() - this.sentAt);
				Load.this.completed.increment();
				return;
			}
			Load.this.failed.increment();
			String what = (error != null) ? describe(error)
					: "status " + status + " length " + ((body != null) ? body.length : -1);
			Load.this.errors.computeIfAbsent(what, (first) -> new AtomicInteger()).incrementAndGet();
		}

		private static String describe(Throwable error) {
			Throwable root = error;
			while (root.getCause() != null && root.getCause() != root) {
				root = root.getCause();
			}
			String message = String.valueOf(root.getMessage()).replaceAll("[0-9]+", "#").replaceAll("\\s+", " ");
			return root.getClass().getSimpleName() + ": " + message.substring(0, Math.min(80, message.length()));
		}

	}

}
