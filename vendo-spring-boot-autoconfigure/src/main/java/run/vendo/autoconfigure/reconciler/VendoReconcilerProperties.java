package run.vendo.autoconfigure.reconciler;

import java.net.URI;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import run.vendo.reconciler.Quoting;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of the reconciler.
 *
 * @param enabled Whether to keep a dotenv file up to date. On when
 * "vendo.reconciler.file" is set, unless said otherwise.
 * @param file Dotenv file to keep up to date. It holds the mapping and nothing else; its
 * directory must exist.
 * @param mapping Comma-separated list of what the file holds, each "NAME=slug" for the
 * token of a provider or "NAME=slug:path" for a value of its connection, for example
 * "SLACK_BOT_TOKEN=slack". What the connections ask for when it is empty.
 * @param interval Time from one evaluation of the mapping to the next.
 * @param bootstrap Whether to write the file while the application starts, which fails if
 * that fails.
 * @param quoting Way in which values are quoted.
 * @param onChange What happens when the file has changed. Without it, an OnChange bean of
 * the application is used, else the reload hook if it has a URL, else nothing happens.
 * @param reloadHook Other process that is told about changes.
 * @param restart End of the application when the file has changed.
 */
@ConfigurationProperties("vendo.reconciler")
record VendoReconcilerProperties(@Nullable Boolean enabled, @Nullable String file, @DefaultValue List<String> mapping,
		@DefaultValue("30s") Duration interval, @DefaultValue("false") boolean bootstrap,
		@DefaultValue("shell") Quoting quoting, @Nullable Action onChange, @DefaultValue ReloadHook reloadHook,
		@DefaultValue Restart restart) {

	/**
	 * What happens when the file has changed.
	 */
	enum Action {

		/**
		 * Nothing happens.
		 */
		NONE,

		/**
		 * The application ends with an exit code of its own, to be started again.
		 */
		RESTART,

		/**
		 * Another process is told.
		 */
		RELOAD_HOOK,

		/**
		 * Spring Cloud refreshes the application's environment.
		 */
		REFRESH

	}

	/**
	 * Other process that is told about changes.
	 *
	 * @param url URL to post the names of the changed variables to.
	 * @param timeout Time one attempt may take.
	 * @param maxAttempts Times the hook is called at most for one evaluation, the first
	 * time included.
	 * @param baseDelay Delay before the second attempt. It doubles with every further
	 * one.
	 */
	record ReloadHook(@Nullable URI url, @DefaultValue("5s") Duration timeout, @DefaultValue("3") int maxAttempts,
			@DefaultValue("500ms") Duration baseDelay) {

	}

	/**
	 * End of the application when the file has changed.
	 *
	 * @param exitCode Exit code the application ends with.
	 */
	record Restart(@DefaultValue("75") int exitCode) {

	}

}
