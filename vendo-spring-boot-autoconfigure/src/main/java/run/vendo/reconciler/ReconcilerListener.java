package run.vendo.reconciler;

/**
 * Is told how a reconciler fares. Called on the reconciler's thread.
 *
 * @since 0.1.0
 */
public interface ReconcilerListener {

	/**
	 * The file was written.
	 * @param change the names that are different from before; empty if just the file's
	 * form or permissions were
	 */
	default void written(Reconciler.Change change) {
	}

	/**
	 * The file was found as it is to be.
	 */
	default void unchanged() {
	}

	/**
	 * A change was delivered.
	 * @param change what was delivered
	 */
	default void delivered(Reconciler.Change change) {
	}

	/**
	 * The mapping could not be evaluated or the file not be written. The file is as it
	 * was.
	 * @param failure what went wrong
	 */
	default void reconcilingFailed(RuntimeException failure) {
	}

	/**
	 * A change could not be delivered. The next run tries again.
	 * @param change what could not be delivered
	 * @param failure what went wrong
	 */
	default void deliveryFailed(Reconciler.Change change, RuntimeException failure) {
	}

}
