package run.vendo.autoconfigure.reconciler;

/**
 * Has Spring Cloud read the application's environment anew. A type of its own, so that
 * nothing else needs Spring Cloud to load.
 */
@FunctionalInterface
interface EnvironmentRefresh {

	void refresh();

}
