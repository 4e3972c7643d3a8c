package run.vendo.reconciler;

import java.net.URI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import run.vendo.http.VendoHttp;

import org.springframework.util.Assert;

/**
 * Keeps a dotenv file equal to a mapping until it is closed.
 * <p>
 * A run evaluates the mapping, writes the file if it differs, and delivers what changed.
 * If the mapping cannot be evaluated or the file not be written, the file stays as it
 * was; if the change cannot be delivered, the next run delivers it. What a reload hook
 * could not be told is kept beside the file, and told by the next process too.
 *
 * @since 0.1.0
 * @see ReconcilerApi
 */
public interface Reconciler extends AutoCloseable {

	/**
	 * Ask for a run at once. Returns without waiting for it. Asking again before the run
	 * has begun asks for the same run.
	 */
	void reevaluate();

	/**
	 * Return whether the reconciler works.
	 * @return whether it has not been closed
	 */
	boolean isRunning();

	/**
	 * End the reconciler. A run under way is broken off, and waited for a second at most,
	 * unless it takes place on a scheduler of the caller's; the file is whole in any
	 * case. Does nothing the second time.
	 */
	@Override
	void close();

	/**
	 * What a file is to hold.
	 */
	@FunctionalInterface
	interface Mapping extends Supplier<Map<String, String>> {

		/**
		 * Return the variables as they are now. Called on each run; may wait. To fail is
		 * to leave the file as it is.
		 * @return the value of each variable; a {@code null} value leaves a variable out
		 */
		@Override
		Map<String, String> get();

	}

	/**
	 * The names of the variables that differ. Their values are nobody's business.
	 *
	 * @param added the variables that were not there before, sorted
	 * @param removed the variables that are there no more, sorted
	 * @param changed the variables with another value, sorted
	 */
	record Change(List<String> added, List<String> removed, List<String> changed) {

		public Change {
			added = List.copyOf(added);
			removed = List.copyOf(removed);
			changed = List.copyOf(changed);
		}

		/**
		 * Return whether nothing differs.
		 * @return whether there is no name
		 */
		public boolean isEmpty() {
			return this.added.isEmpty() && this.removed.isEmpty() && this.changed.isEmpty();
		}

		/**
		 * Return all names.
		 * @return what was added, removed or changed, sorted
		 */
		public List<String> names() {
			return List.copyOf(new TreeSet<>(
					Stream.of(this.added, this.removed, this.changed).flatMap(Collection::stream).toList()));
		}

	}

	/**
	 * What happens when the file has changed.
	 */
	final class OnChange {

		/**
		 * The exit code of {@link #restart()}: 75, which is {@code EX_TEMPFAIL} ("try
		 * again") in {@code sysexits.h}. A supervisor can be told to start the
		 * application again on it, for example with systemd's
		 * {@code RestartForceExitStatus=75}; no Java virtual machine ends with it by
		 * itself.
		 */
		public static final int RESTART_EXIT_CODE = 75;

		private final Function<VendoHttp, Consumer<Change>> delivery;

		// Whether another process has to be told, however often this one starts anew.
		private final boolean remembered;

		// Whether a file that was not there before is a change, too.
		private final boolean ofNewFile;

		private OnChange(Function<VendoHttp, Consumer<Change>> delivery, boolean remembered, boolean ofNewFile) {
			this.delivery = delivery;
			this.remembered = remembered;
			this.ofNewFile = ofNewFile;
		}

		/**
		 * Do nothing.
		 * @return what to do
		 */
		public static OnChange none() {
			return callback((change) -> {
			});
		}

		/**
		 * End the program with the exit code {@value #RESTART_EXIT_CODE}, so that its
		 * supervisor starts it again. A first run that finds no file writes it and goes
		 * on: a program whose files do not outlive it would otherwise end each time.
		 * @return what to do
		 */
		public static OnChange restart() {
			return restart(RESTART_EXIT_CODE, System::exit);
		}

		/**
		 * End the program, so that its supervisor starts it again. A first run that finds
		 * no file writes it and goes on: a program whose files do not outlive it would
		 * otherwise end each time.
		 * @param exitCode the exit code, from 1 to 255
		 * @param exit ends the program; called once, on a thread of its own that is not a
		 * daemon
		 * @return what to do
		 */
		public static OnChange restart(int exitCode, IntConsumer exit) {
			Assert.isTrue(exitCode >= 1 && exitCode <= 255, "'exitCode' must be between 1 and 255");
			Assert.notNull(exit, "'exit' must not be null");
			return new OnChange((http) -> new Restart(exitCode, exit), false, false);
		}

		/**
		 * Tell another process: {@code POST {"changed":[names]}}. Any 2xx answer counts
		 * as delivered. The Vendo API key does not go along.
		 * @param url where the other process listens, {@code http} or {@code https}
		 * @return what to do
		 */
		public static OnChange reloadHook(URI url) {
			return reloadHook(url, ReloadHookOptions.defaults());
		}

		/**
		 * Tell another process: {@code POST {"changed":[names]}}. Any 2xx answer counts
		 * as delivered. The Vendo API key does not go along.
		 * @param url where the other process listens, {@code http} or {@code https}
		 * @param options how patiently it is called
		 * @return what to do
		 */
		public static OnChange reloadHook(URI url, ReloadHookOptions options) {
			Assert.notNull(url, "'url' must not be null");
			Assert.isTrue(("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
					&& url.getHost() != null, "'url' must be an absolute http or https URL");
			Assert.notNull(options, "'options' must not be null");
			return new OnChange((http) -> new ReloadHook(http, url, options), true, true);
		}

		/**
		 * Call something. If it throws, it is called again at the next run.
		 * @param callback takes the names; called on the reconciler's thread
		 * @return what to do
		 */
		public static OnChange callback(Consumer<Change> callback) {
			Assert.notNull(callback, "'callback' must not be null");
			return new OnChange((http) -> callback, false, true);
		}

		Consumer<Change> over(VendoHttp http) {
			return this.delivery.apply(http);
		}

		boolean isRemembered() {
			return this.remembered;
		}

		boolean isOfNewFile() {
			return this.ofNewFile;
		}

	}

}
