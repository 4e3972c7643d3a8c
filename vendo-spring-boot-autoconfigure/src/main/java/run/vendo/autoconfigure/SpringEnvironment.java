package run.vendo.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.util.StringUtils;

/**
 * Environment variables as the application's environment has them: those that are
 * configuration properties too come from there, wherever they were set. Addresses and
 * secrets are not found here, since they come from the connection details alone.
 */
final class SpringEnvironment implements Function<String, @Nullable String> {

	private static final Set<String> FROM_CONNECTION_DETAILS = Set.of("VENDO_API_KEY", "VENDO_BASE_URL",
			"VENDO_API_URL", "VENDO_CREDENTIALS_URL", "VENDO_DATA_PROXY_URL", "VENDO_WEBHOOK_SECRET");

	private final Environment environment;

	// The variables of a process never change, so a copy that is quicker to search will
	// do.
	private final Set<String> processVariables = Set.copyOf(System.getenv().keySet());

	private final Map<String, @Nullable String> bound = new HashMap<>();

	SpringEnvironment(Environment environment, VendoProperties properties) {
		this.environment = environment;
		for (String name : FROM_CONNECTION_DETAILS) {
			this.bound.put(name, null);
		}
		this.bound.put("VENDO_TENANT_ID", properties.tenantId());
		this.bound.put("VENDO_DEPLOYMENT_ID", properties.deployment().id());
		this.bound.put("VENDO_DEPLOYMENT_SLUG", properties.deployment().slug());
		this.bound.put("VENDO_CONNECTIONS", StringUtils.collectionToCommaDelimitedString(properties.connections()));
		this.bound.put("VENDO_SANDBOX", flag(properties.sandbox()));
		Boolean auth = (properties.sso().enabled() != null) ? properties.sso().enabled() : properties.auth();
		this.bound.put("VENDO_AUTH", flag(auth));
	}

	private static String flag(@Nullable Boolean value) {
		return Boolean.TRUE.equals(value) ? "1" : "0";
	}

	@Override
	public @Nullable String apply(String name) {
		if (this.bound.containsKey(name)) {
			return this.bound.get(name);
		}
		return isAbsent(name) ? null : this.environment.getProperty(name);
	}

	/**
	 * Return whether no source has a variable, in a fraction of the time that the
	 * environment takes to find that out. Every token that is handed out is preceded by a
	 * look-up of its override variable, which is nearly always absent.
	 */
	private boolean isAbsent(String name) {
		if (!(this.environment instanceof ConfigurableEnvironment configurable) || !isVariable(name)) {
			return false;
		}
		for (PropertySource<?> source : configurable.getPropertySources()) {
			if (source.getSource() == System.getenv()) {
				if (this.processVariables.contains(name)) {
					return false;
				}
			}
			// The attached source knows the other sources by the names of properties, and
			// none of those looks like a variable.
			else if (!ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)
					&& source.getProperty(name) != null) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return whether a name looks like a variable and so has no other spelling.
	 */
	private static boolean isVariable(String name) {
		for (int i = 0; i < name.length(); i++) {
			char character = name.charAt(i);
			if (character != '_' && (character < 'A' || character > 'Z') && (character < '0' || character > '9')) {
				return false;
			}
		}
		return name.indexOf('_') >= 0;
	}

}
