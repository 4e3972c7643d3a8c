package run.vendo.reconciler;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * One run after the other, on one thread.
 */
final class DefaultReconciler implements Reconciler {

	private static final Log logger = LogFactory.getLog(DefaultReconciler.class);

	private static final String THREAD_NAME = "vendo-reconciler";

	private final Reconciliation reconciliation;

	private final Consumer<Change> delivery;

	private final boolean remembered;

	private final boolean ofNewFile;

	private final Publisher<?> triggers;

	private final ReconcilerOptions options;

	private final Worker worker;

	private final AtomicBoolean queued = new AtomicBoolean();

	private volatile boolean closed;

	private final Disposable.Swap subscription = Disposables.swap();

	private final AtomicBoolean subscribed = new AtomicBoolean();

	private final AtomicReference<@Nullable Disposable> timer = new AtomicReference<>();

	// What follows belongs to the run.

	/**
	 * What the file holds as far as we know, or {@code null} before the first run.
	 */
	private @Nullable SortedMap<String, String> seen;

	/**
	 * What the file held when somebody was last told.
	 */
	private Map<String, String> told = Map.of();

	private final Set<String> untold = new TreeSet<>();

	private boolean reconcilingFails;

	private boolean deliveryFails;

	DefaultReconciler(Reconciliation reconciliation, Consumer<Change> delivery, boolean remembered, boolean ofNewFile,
			Publisher<?> triggers, ReconcilerOptions options) {
		this.reconciliation = reconciliation;
		this.delivery = delivery;
		this.remembered = remembered;
		this.ofNewFile = ofNewFile;
		this.triggers = triggers;
		this.options = options;
		this.worker = new Worker(options.scheduler());
	}

	/**
	 * Begin to work.
	 */
	DefaultReconciler start() {
		switch (this.options.firstRun()) {
			case AT_START -> {
				try {
					reconcile(true);
				}
				catch (RuntimeException ex) {
					close();
					throw ex;
				}
				// What an earlier process could not tell is told in the background.
				if (this.untold.isEmpty()) {
					scheduleNext();
				}
				else {
					reevaluate();
				}
			}
			case IN_BACKGROUND -> reevaluate();
			case LATER -> scheduleNext();
		}
		if (this.options.firstRun() != ReconcilerOptions.FirstRun.IN_BACKGROUND) {
			subscribe();
		}
		return this;
	}

	// Events that end are asked for again at the next run; until then runs take place by
	// the clock.
	private void subscribe() {
		if (!this.closed && this.subscribed.compareAndSet(false, true)) {
			this.subscription.update(Flux.from(this.triggers)
				.doFinally((signal) -> this.subscribed.set(false))
				.subscribe((event) -> reevaluate(), (failure) -> logger
					.debug("There are no events for the reconciler: " + Reconciliation.describe(failure))));
		}
	}

	@Override
	public void reevaluate() {
		if (!this.closed && this.queued.compareAndSet(false, true)) {
			try {
				this.worker.schedule(this::run);
			}
			catch (RejectedExecutionException ex) {
				// Closed meanwhile.
				this.queued.set(false);
			}
		}
	}

	@Override
	public boolean isRunning() {
		return !this.closed;
	}

	@Override
	public void close() {
		this.closed = true;
		this.subscription.dispose();
		replaceTimer(null);
		this.worker.close();
	}

	private void scheduleNext() {
		if (!this.closed) {
			try {
				replaceTimer(this.worker.schedule(this::reevaluate, this.options.interval().toMillis()));
			}
			catch (RejectedExecutionException ex) {
				// Closed meanwhile.
			}
		}
	}

	private void replaceTimer(@Nullable Disposable next) {
		Disposable previous = this.timer.getAndSet(next);
		if (previous != null) {
			previous.dispose();
		}
	}

	private void run() {
		this.queued.set(false);
		try {
			if (!this.closed) {
				subscribe();
				tryReconcile();
				tryDeliver();
			}
		}
		finally {
			scheduleNext();
		}
	}

	private void tryReconcile() {
		try {
			reconcile(false);
			if (this.reconcilingFails) {
				this.reconcilingFails = false;
				logger.info("The file %s is kept up to date again".formatted(this.reconciliation.path()));
			}
		}
		catch (RuntimeException ex) {
			if (this.closed) {
				return;
			}
			report(this.reconcilingFails, "The file %s is not brought up to date and stays as it is: %s"
				.formatted(this.reconciliation.path(), Reconciliation.describe(ex)));
			this.reconcilingFails = true;
			tell((listener) -> listener.reconcilingFailed(ex));
		}
	}

	/**
	 * Bring the file up to date.
	 * @param silently whether nobody is told of what differs
	 */
	private void reconcile(boolean silently) {
		SortedMap<String, String> target = this.reconciliation.evaluate();
		this.reconciliation.locked((access) -> update(access, target, silently)).ifPresentOrElse((written) -> {
			logger.info("The file %s was written: added %s, removed %s, changed %s"
				.formatted(this.reconciliation.path(), written.added(), written.removed(), written.changed()));
			tell((listener) -> listener.written(written));
		}, () -> tell(ReconcilerListener::unchanged));
	}

	private Optional<Change> update(DotenvFile.Access access, SortedMap<String, String> target, boolean toldAnyway)
			throws IOException {
		SortedMap<String, String> before = this.reconciliation.read(access);
		boolean first = this.seen == null;
		boolean silently = toldAnyway || (first && !this.ofNewFile && access.read() == null);
		SortedMap<String, String> seen = (this.seen != null) ? this.seen : before;
		Set<String> names = new TreeSet<>(this.untold);
		if (this.remembered && first) {
			names.addAll(access.untold());
		}
		if (!silently) {
			names.addAll(Reconciliation.differing(before, target));
			// Another process may have written the file already.
			names.addAll(Reconciliation.differing(seen, target));
		}
		if (this.remembered && !names.equals(this.untold)) {
			Set<String> all = new TreeSet<>(names);
			all.addAll(access.untold());
			access.untold(all);
		}
		boolean written = this.reconciliation.write(access, target);
		if (first) {
			this.told = silently ? target : before;
		}
		this.seen = target;
		this.untold.addAll(names);
		return written ? Optional.of(Reconciliation.change(Reconciliation.differing(before, target), before, target))
				: Optional.empty();
	}

	private void tryDeliver() {
		if (this.untold.isEmpty() || this.closed) {
			return;
		}
		Map<String, String> now = (this.seen != null) ? this.seen : new TreeMap<>();
		Change change = Reconciliation.change(this.untold, this.told, now);
		try {
			this.delivery.accept(change);
		}
		catch (RuntimeException ex) {
			if (this.closed) {
				return;
			}
			report(this.deliveryFails, "Nobody could be told that variables in %s changed, which is tried again: %s"
				.formatted(this.reconciliation.path(), Reconciliation.describe(ex)));
			this.deliveryFails = true;
			tell((listener) -> listener.deliveryFailed(change, ex));
			return;
		}
		this.deliveryFails = false;
		this.told = now;
		this.untold.clear();
		forget(change.names());
		tell((listener) -> listener.delivered(change));
	}

	private void forget(List<String> names) {
		if (!this.remembered) {
			return;
		}
		try {
			this.reconciliation.locked((access) -> {
				Set<String> left = new HashSet<>(access.untold());
				left.removeAll(names);
				access.untold(left);
				return left;
			});
		}
		catch (RuntimeException ex) {
			// The next process says it again, which does no harm.
			logger.debug("It was not noted that a change was delivered: " + Reconciliation.describe(ex));
		}
	}

	// Once an outage; a listener hears of each time.
	private static void report(boolean known, String message) {
		if (known) {
			logger.debug(message);
		}
		else {
			logger.warn(message);
		}
	}

	private void tell(Consumer<ReconcilerListener> what) {
		try {
			what.accept(this.options.listener());
		}
		catch (RuntimeException ex) {
			logger.warn("The listener of the reconciler failed: " + Reconciliation.describe(ex));
		}
	}

	@Override
	public String toString() {
		return "Reconciler[" + this.reconciliation.path() + "]";
	}

	/**
	 * Where runs take place.
	 */
	private static final class Worker {

		private static final long CLOSE_TIMEOUT = 1000;

		private final @Nullable ScheduledExecutorService executor;

		private final Scheduler.Worker worker;

		private volatile @Nullable Thread thread;

		Worker(@Nullable Scheduler scheduler) {
			if (scheduler != null) {
				this.executor = null;
				this.worker = scheduler.createWorker();
			}
			else {
				this.executor = Executors.newSingleThreadScheduledExecutor(this::thread);
				this.worker = Schedulers.fromExecutorService(this.executor).createWorker();
			}
		}

		private Thread thread(Runnable runnable) {
			Thread thread = new Thread(runnable, THREAD_NAME);
			thread.setDaemon(true);
			this.thread = thread;
			return thread;
		}

		Disposable schedule(Runnable task) {
			return this.worker.schedule(task);
		}

		Disposable schedule(Runnable task, long delay) {
			return this.worker.schedule(task, delay, TimeUnit.MILLISECONDS);
		}

		void close() {
			this.worker.dispose();
			if (this.executor != null) {
				this.executor.shutdownNow();
			}
			Thread thread = this.thread;
			if (thread != null && thread != Thread.currentThread()) {
				awaitEnd(thread);
			}
		}

		private static void awaitEnd(Thread thread) {
			try {
				thread.join(CLOSE_TIMEOUT);
				if (thread.isAlive()) {
					logger.warn("The reconciler's thread is busy and ends later");
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}

	}

}
