package run.vendo.docs;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

import run.vendo.VendoClient;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.reconciler.ReconcilerOptions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ReconcilerSnippets {

	void start(VendoClient vendo) {
		// tag::start[]
		ReconcilerApi api = vendo.reconciler();
		try (Reconciler reconciler = api.start(Path.of("gateway.env"), api.catalogDefault(),
				Reconciler.OnChange.reloadHook(URI.create("http://localhost:9000/reload")))) {
			work(reconciler);
		}
		// end::start[]
	}

	void bootstrap(VendoClient vendo) {
		// tag::bootstrap[]
		Reconciler.Change change = vendo.reconciler()
			.bootstrap(Path.of("gateway.env"), () -> Map.of("SLACK_BOT_TOKEN", vendo.token("slack")));
		// end::bootstrap[]
	}

	void background(ReconcilerApi api, Reconciler.Mapping mapping, Reconciler.OnChange onChange) {
		// tag::background[]
		ReconcilerOptions options = ReconcilerOptions.defaults().withFirstRun(ReconcilerOptions.FirstRun.IN_BACKGROUND);
		Reconciler reconciler = api.start(Path.of("gateway.env"), mapping, onChange, options);
		// end::background[]
	}

	private void work(Reconciler reconciler) {
	}

	// tag::beans[]
	@Configuration(proxyBeanMethods = false)
	class GatewayCredentials {

		@Bean
		Reconciler.Mapping gatewayMapping(VendoClient vendo) {
			return () -> Map.of("SLACK_BOT_TOKEN", vendo.token("slack"), "LOG_LEVEL", "info");
		}

		@Bean
		Reconciler.OnChange gatewayReload(Gateway gateway) {
			return Reconciler.OnChange.callback((change) -> gateway.reload(change.names()));
		}

	}
	// end::beans[]

	interface Gateway {

		void reload(Iterable<String> names);

	}

}
