package run.vendo.autoconfigure.web;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration properties of what web requests are answered with.
 *
 * @param problemDetails Errors as answers.
 * @param connectRedirect The redirect to where a provider is connected.
 */
@ConfigurationProperties("vendo.web")
record VendoWebProperties(@Nullable ProblemDetails problemDetails, @Nullable ConnectRedirect connectRedirect) {

	@Override
	public ConnectRedirect connectRedirect() {
		return (this.connectRedirect != null) ? this.connectRedirect : new ConnectRedirect(false, null);
	}

	/**
	 * Errors as answers.
	 *
	 * @param enabled Whether an error of Vendo that leaves a controller becomes a problem
	 * detail.
	 */
	record ProblemDetails(@DefaultValue("true") boolean enabled) {

	}

	/**
	 * The redirect to where a provider is connected.
	 *
	 * @param enabled Whether signed-in users are redirected from "/vendo/connect/{slug}"
	 * to where the provider is connected. The URL they get to see holds the API key.
	 * @param returnTo URL that users come back to afterwards.
	 */
	record ConnectRedirect(boolean enabled, @Nullable String returnTo) {

	}

}
