package run.vendo.autoconfigure;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
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

	private final Map<String, @Nullable String> bound = new HashMap<>();

	SpringEnvironment(Environment environment, VendoProperties properties) {
		this.environment = environment;
		FROM_CONNECTION_DETAILS.forEach((name) -> this.bound.put(name, null));
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
		return this.bound.containsKey(name) ? this.bound.get(name) : this.environment.getProperty(name);
	}

}
