package run.vendo.autoconfigure.reconciler;

import java.net.URI;
import java.util.function.IntConsumer;

import run.vendo.error.VendoConfigurationException;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReloadHookOptions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;

/**
 * What the configuration properties say is to happen when the file has changed.
 *
 * @param properties the properties
 * @param own what the application declares
 * @param refresh refreshes the environment, where Spring Cloud is present
 * @param context the context to close before a restart
 * @param exit ends the program
 */
record OnChangeProperty(VendoReconcilerProperties properties, ObjectProvider<Reconciler.OnChange> own,
		ObjectProvider<EnvironmentRefresh> refresh, ApplicationContext context, IntConsumer exit) {

	Reconciler.OnChange toOnChange() {
		VendoReconcilerProperties.Action action = this.properties.onChange();
		if (action == null) {
			return this.own.getIfAvailable(
					() -> (this.properties.reloadHook().url() != null) ? reloadHook() : Reconciler.OnChange.none());
		}
		return switch (action) {
			case NONE -> Reconciler.OnChange.none();
			case RESTART -> restart();
			case RELOAD_HOOK -> reloadHook();
			case REFRESH -> refreshEnvironment();
		};
	}

	private Reconciler.OnChange restart() {
		int exitCode = this.properties.restart().exitCode();
		if (exitCode < 1 || exitCode > 255) {
			throw new InvalidConfigurationPropertyValueException("vendo.reconciler.restart.exit-code", exitCode,
					"It must be between 1 and 255.");
		}
		return Reconciler.OnChange.restart(exitCode, new ContextRestart(this.context, this.exit));
	}

	// The URL may hold a secret: it is not shown.
	private Reconciler.OnChange reloadHook() {
		URI url = this.properties.reloadHook().url();
		if (url == null) {
			throw new VendoConfigurationException("vendo.reconciler.reload-hook.url",
					"A reload hook is to be called, and it has no URL",
					"Set vendo.reconciler.reload-hook.url, or another vendo.reconciler.on-change.");
		}
		try {
			VendoReconcilerProperties.ReloadHook hook = this.properties.reloadHook();
			ReloadHookOptions options = new ReloadHookOptions(hook.timeout(), hook.maxAttempts(), hook.baseDelay());
			return Reconciler.OnChange.reloadHook(url, options);
		}
		catch (IllegalArgumentException ex) {
			throw new VendoConfigurationException("vendo.reconciler.reload-hook",
					"The reload hook cannot be called as it is set: %s".formatted(ex.getMessage()),
					"Correct vendo.reconciler.reload-hook.", ex);
		}
	}

	private Reconciler.OnChange refreshEnvironment() {
		EnvironmentRefresh available = this.refresh.getIfAvailable();
		if (available == null) {
			throw new VendoConfigurationException("vendo.reconciler.on-change",
					"The environment is to be refreshed, and Spring Cloud is not there to do so",
					"Add the dependency org.springframework.cloud:spring-cloud-context, or set another "
							+ "vendo.reconciler.on-change.");
		}
		return Reconciler.OnChange.callback((change) -> available.refresh());
	}

}
