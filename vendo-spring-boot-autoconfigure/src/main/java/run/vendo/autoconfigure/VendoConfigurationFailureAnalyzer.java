package run.vendo.autoconfigure;

import org.jspecify.annotations.Nullable;

import run.vendo.error.VendoConfigurationException;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/**
 * Explains a setting that the client cannot be built from: which one, where it was set,
 * and what to do. Never shows its value, which may be a secret.
 */
final class VendoConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<VendoConfigurationException> {

	private final Environment environment;

	VendoConfigurationFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, VendoConfigurationException cause) {
		String description = "Vendo cannot be configured: " + cause.details().summary();
		String origin = origin(cause.setting());
		if (origin != null) {
			description += System.lineSeparator() + System.lineSeparator()
					+ "The value of '%s' comes from %s.".formatted(cause.setting(), origin);
		}
		return new FailureAnalysis(description, cause.details().nextStep(), cause);
	}

	private @Nullable String origin(@Nullable String setting) {
		if (setting == null) {
			return null;
		}
		ConfigurationPropertyName name = ConfigurationPropertyName.of(setting);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return (property.getOrigin() != null) ? property.getOrigin().toString()
						: "the application's environment";
			}
		}
		return null;
	}

}
