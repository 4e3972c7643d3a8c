package run.vendo.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.util.ClassUtils;

/**
 * What a native image has to know: the models that Jackson binds, by name where they are
 * their package's own, and the resources that are read.
 */
final class VendoRuntimeHints implements RuntimeHintsRegistrar {

	static final List<String> MODELS = List.of("run.vendo.billing.Balance", "run.vendo.billing.SpendCaps",
			"run.vendo.billing.UsdBalance", "run.vendo.billing.Usage", "run.vendo.connection.Connection",
			"run.vendo.connection.ConnectionList", "run.vendo.dashboard.Deployed", "run.vendo.dashboard.SignedIn",
			"run.vendo.integration.Integration", "run.vendo.integration.IntegrationList", "run.vendo.sso.VendoRole",
			"run.vendo.token.BulkAnswer", "run.vendo.token.ByokProvider", "run.vendo.token.TokenAnswer");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();
		for (String model : MODELS) {
			registrar.registerReflectionHints(hints.reflection(), ClassUtils.resolveClassName(model, classLoader));
		}
		hints.resources()
			.registerPattern("run/vendo/http/version.properties")
			.registerPattern("run/vendo/token/byok-catalog.json");
	}

}
