package run.vendo.autoconfigure.actuate;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives the status {@code LOW_BALANCE} its place among the others where an application
 * asks for it: behind {@code UP}, so that health as a whole stays up. It is a default
 * that any property source overrides. Without a mapping of its own, the status is a 200
 * over HTTP.
 */
final class LowBalanceStatusOrder implements EnvironmentPostProcessor, Ordered {

	private static final String ORDER = "management.endpoint.health.status.order";

	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		boolean wanted = environment.containsProperty("vendo.health.low-balance")
				|| environment.containsProperty("vendo.health.exhausted-status");
		if (wanted && !Binder.get(environment).bind(ORDER, Bindable.listOf(String.class)).isBound()) {
			DefaultPropertiesPropertySource.addOrMerge(Map.of(ORDER, "down,out-of-service,up,low-balance,unknown"),
					environment.getPropertySources());
		}
	}

}
