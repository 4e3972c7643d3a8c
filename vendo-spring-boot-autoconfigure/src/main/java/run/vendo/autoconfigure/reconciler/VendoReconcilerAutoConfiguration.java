package run.vendo.autoconfigure.reconciler;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;

import run.vendo.autoconfigure.VendoAutoConfiguration;
import run.vendo.error.VendoConfigurationException;
import run.vendo.reconciler.Reconciler;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.reconciler.ReconcilerListener;
import run.vendo.reconciler.ReconcilerOptions;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.cloud.context.refresh.ContextRefresher;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for the reconciler, where
 * {@code vendo.reconciler.file} is set.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = VendoAutoConfiguration.class,
		afterName = "org.springframework.cloud.autoconfigure.RefreshAutoConfiguration")
@ConditionalOnBean(ReconcilerApi.class)
@Conditional(OnReconcilerCondition.class)
@EnableConfigurationProperties(VendoReconcilerProperties.class)
public final class VendoReconcilerAutoConfiguration {

	VendoReconcilerAutoConfiguration() {
	}

	@Bean
	@ConditionalOnMissingBean(Reconciler.class)
	ReconcilerLifecycle vendoReconciler(ReconcilerApi api, VendoReconcilerProperties properties,
			ObjectProvider<Reconciler.Mapping> mappings, ObjectProvider<Reconciler.OnChange> onChanges,
			ObjectProvider<EnvironmentRefresh> refresh, ObjectProvider<ReconcilerListener> listener,
			ApplicationContext context) {
		Path file = file(properties);
		Map<String, String> sources = MappingProperty.parse(properties.mapping(), context.getEnvironment());
		Reconciler.Mapping mapping = mappings
			.getIfAvailable(() -> sources.isEmpty() ? api.catalogDefault() : api.fromConnections(sources));
		Reconciler.OnChange onChange = new OnChangeProperty(properties, onChanges, refresh, context, System::exit)
			.toOnChange();
		ReconcilerStatistics statistics = new ReconcilerStatistics(listener.getIfAvailable());
		ReconcilerOptions options = options(properties, statistics);
		return new ReconcilerLifecycle((firstRun) -> api.start(file, mapping, onChange, options.withFirstRun(firstRun)),
				properties.bootstrap(), statistics);
	}

	private static Path file(VendoReconcilerProperties properties) {
		if (!StringUtils.hasText(properties.file())) {
			throw new VendoConfigurationException("vendo.reconciler.file",
					"The reconciler is switched on, and there is no file for it to keep up to date",
					"Set vendo.reconciler.file, or switch the reconciler off with vendo.reconciler.enabled=false.");
		}
		try {
			return Path.of(properties.file().strip());
		}
		catch (InvalidPathException ex) {
			throw new InvalidConfigurationPropertyValueException("vendo.reconciler.file", properties.file(),
					"It is no path of a file: %s.".formatted(ex.getReason()));
		}
	}

	private static ReconcilerOptions options(VendoReconcilerProperties properties, ReconcilerListener listener) {
		if (properties.interval().isNegative() || properties.interval().isZero()) {
			throw new InvalidConfigurationPropertyValueException("vendo.reconciler.interval", properties.interval(),
					"It must be longer than nothing, for example 30s.");
		}
		return ReconcilerOptions.defaults()
			// The application's own event bridge tells the reconciler.
			.withEvents(false)
			.withInterval(properties.interval())
			.withQuoting(properties.quoting())
			.withListener(listener);
	}

	/**
	 * What the reconciler shows where Micrometer is.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	static class Metrics {

		@Bean
		VendoReconcilerMetrics vendoReconcilerMetrics(ObjectProvider<ReconcilerLifecycle> reconciler) {
			return new VendoReconcilerMetrics(reconciler);
		}

	}

	/**
	 * What Spring Cloud adds.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ContextRefresher.class)
	static class SpringCloudConfiguration {

		@Bean
		@ConditionalOnBean(ContextRefresher.class)
		EnvironmentRefresh vendoEnvironmentRefresh(ObjectProvider<ContextRefresher> refresher) {
			return () -> refresher.getObject().refresh();
		}

	}

}
