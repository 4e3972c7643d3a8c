package run.vendo.reconciler;

import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

import run.vendo.http.VendoHttp;

import org.springframework.util.Assert;

/**
 * Reconciles files on this machine.
 */
record DefaultReconcilerApi(VendoHttp http, CatalogMapping catalogDefault,
		Publisher<?> connectionEvents) implements ReconcilerApi {

	@Override
	public Reconciler.Change bootstrap(Path file, Supplier<? extends Map<String, String>> mapping, Quoting quoting) {
		Reconciliation reconciliation = reconciliation(file, mapping, quoting);
		SortedMap<String, String> checked = reconciliation.evaluate();
		return reconciliation.locked((access) -> {
			Map<String, String> before = reconciliation.read(access);
			reconciliation.write(access, checked);
			return Reconciliation.change(Reconciliation.differing(before, checked), before, checked);
		});
	}

	@Override
	public Reconciler start(Path file, Supplier<? extends Map<String, String>> mapping, Reconciler.OnChange onChange,
			ReconcilerOptions options) {
		Assert.notNull(onChange, "'onChange' must not be null");
		Assert.notNull(options, "'options' must not be null");
		Publisher<?> triggers = (options.events() && this.http.isVendoMode()) ? this.connectionEvents : Flux.never();
		return new DefaultReconciler(reconciliation(file, mapping, options.quoting()), onChange.over(this.http),
				onChange.isRemembered(), onChange.isOfNewFile(), triggers, options)
			.start();
	}

	@Override
	public Reconciler.Mapping fromConnections(Map<String, String> sources) {
		Assert.notNull(sources, "'sources' must not be null");
		return this.catalogDefault.of(sources);
	}

	private static Reconciliation reconciliation(Path file, Supplier<? extends Map<String, String>> mapping,
			Quoting quoting) {
		Assert.notNull(file, "'file' must not be null");
		Assert.notNull(mapping, "'mapping' must not be null");
		Assert.notNull(quoting, "'quoting' must not be null");
		return new Reconciliation(new DotenvFile(file), quoting, mapping);
	}

	@Override
	public String toString() {
		return "ReconcilerApi";
	}

}
