package run.vendo.autoconfigure;

import java.lang.reflect.Method;
import java.net.http.HttpClient;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * What a native image has to know: the models that Jackson binds, by name where they are
 * their package's own; what is handed to the application's code, whose expressions and
 * views call its methods by name; classes that are looked for at run time; and the
 * resources that are read. There are no JDK proxies.
 */
final class VendoRuntimeHints implements RuntimeHintsRegistrar {

	static final List<String> MODELS = List.of("run.vendo.billing.Balance", "run.vendo.billing.SpendCaps",
			"run.vendo.billing.UsdBalance", "run.vendo.billing.Usage", "run.vendo.connection.Connection",
			"run.vendo.connection.ConnectionList", "run.vendo.dashboard.Deployed", "run.vendo.dashboard.SignedIn",
			"run.vendo.integration.Integration", "run.vendo.integration.IntegrationList", "run.vendo.sso.VendoRole",
			"run.vendo.token.BulkAnswer", "run.vendo.token.ByokProvider", "run.vendo.token.TokenAnswer");

	/** What Jackson writes where a library is there that need not be. */
	static final List<String> OPTIONAL_MODELS = List.of("run.vendo.autoconfigure.actuate.VendoDescriptor");

	/** What conditions of listeners and views may ask, for example for the slug. */
	static final List<String> HANDED_OVER = List.of("run.vendo.autoconfigure.event.EventStreamState$Closed",
			"run.vendo.autoconfigure.event.EventStreamState$Connected",
			"run.vendo.autoconfigure.event.EventStreamState$Failed",
			"run.vendo.autoconfigure.event.EventStreamState$GapUnresolved",
			"run.vendo.autoconfigure.event.EventStreamState$Interrupted",
			"run.vendo.autoconfigure.event.EventStreamState$Recovered",
			"run.vendo.autoconfigure.event.EventStreamState$Resynchronized", "run.vendo.event.BalanceChanged",
			"run.vendo.event.BalanceExhausted", "run.vendo.event.BalanceLow", "run.vendo.event.BillingEvent",
			"run.vendo.event.CapTripped", "run.vendo.event.CapWarned", "run.vendo.event.ConnectionChanged",
			"run.vendo.event.ConnectionConnected", "run.vendo.event.ConnectionDisconnected",
			"run.vendo.event.ConnectionError", "run.vendo.event.ConnectionEvent",
			"run.vendo.event.ConnectionNeedsReauth", "run.vendo.event.ConnectionStatusChanged",
			"run.vendo.event.DeploymentUpdated", "run.vendo.event.EventKind", "run.vendo.event.StreamFailed",
			"run.vendo.event.UnknownEvent", "run.vendo.event.UsageRecorded", "run.vendo.event.VendoEvent",
			"run.vendo.sso.VendoIdentity", "run.vendo.webhook.WebhookEvent");

	/** Whose presence is asked for when the application runs. */
	static final List<String> LOOKED_FOR = List.of("jakarta.servlet.http.HttpServletRequest",
			"org.springframework.web.servlet.DispatcherServlet",
			"org.springframework.security.oauth2.jwt.NimbusJwtDecoder", "reactor.netty.http.client.HttpClient",
			"reactor.netty.http.server.HttpServerRequest");

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();
		for (String model : MODELS) {
			registrar.registerReflectionHints(hints.reflection(), ClassUtils.resolveClassName(model, classLoader));
		}
		for (String model : OPTIONAL_MODELS) {
			if (ClassUtils.isPresent(model, classLoader)) {
				registrar.registerReflectionHints(hints.reflection(), ClassUtils.resolveClassName(model, classLoader));
			}
		}
		for (String type : HANDED_OVER) {
			hints.reflection().registerType(TypeReference.of(type), MemberCategory.INVOKE_PUBLIC_METHODS);
		}
		for (String type : LOOKED_FOR) {
			hints.reflection().registerTypeIfPresent(classLoader, type);
		}
		// Only there from JDK 21 on.
		Method shutdown = ReflectionUtils.findMethod(HttpClient.class, "shutdownNow");
		if (shutdown != null) {
			hints.reflection().registerMethod(shutdown, ExecutableMode.INVOKE);
		}
		hints.resources()
			.registerPattern("run/vendo/http/version.properties")
			.registerPattern("run/vendo/token/byok-catalog.json");
	}

}
