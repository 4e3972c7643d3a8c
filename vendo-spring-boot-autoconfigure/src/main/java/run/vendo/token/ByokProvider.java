package run.vendo.token;

import java.util.List;

import org.springframework.util.Assert;

/**
 * A provider for which an application may bring its own key.
 *
 * @param slug the provider
 * @param name the provider's name as people know it
 * @param variables the environment variables that may hold the key; the first is primary
 * @param oauth whether the provider's tokens come from OAuth, so that one of the
 * application's own will run out
 * @since 0.1.0
 */
public record ByokProvider(String slug, String name, List<String> variables, boolean oauth) {

	public ByokProvider {
		Assert.hasText(slug, "'slug' must not be blank");
		Assert.notEmpty(variables, "'variables' must not be empty");
		variables = List.copyOf(variables);
	}

	/**
	 * Return the variable that a token is read from.
	 * @return the name of the variable
	 */
	public String primaryVariable() {
		return this.variables.get(0);
	}

}
