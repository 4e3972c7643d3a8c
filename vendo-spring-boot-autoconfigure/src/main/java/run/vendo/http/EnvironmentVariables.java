package run.vendo.http;

import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Environment variables as Vendo reads them: values are trimmed, blank counts as absent.
 *
 * @since 0.1.0
 */
public final class EnvironmentVariables {

	private final Function<String, @Nullable String> source;

	private EnvironmentVariables(Function<String, @Nullable String> source) {
		this.source = source;
	}

	/**
	 * Return the variables that a function knows.
	 * @param source returns the value of a variable, or {@code null} when it is not set
	 * @return the variables
	 */
	public static EnvironmentVariables of(Function<String, @Nullable String> source) {
		Assert.notNull(source, "'source' must not be null");
		return new EnvironmentVariables(source);
	}

	/**
	 * Return the variables of this process.
	 * @return the variables
	 */
	public static EnvironmentVariables system() {
		return new EnvironmentVariables(System::getenv);
	}

	/**
	 * Return the value of a variable.
	 * @param name the name of the variable
	 * @return the trimmed value, or {@code null} when it is not set or blank
	 */
	public @Nullable String get(String name) {
		return textOrNull(this.source.apply(name));
	}

	/**
	 * Return whether a variable switches something on.
	 * @param name the name of the variable
	 * @return whether its value is {@code 1} or {@code true}
	 */
	public boolean isSet(String name) {
		String value = get(name);
		return "1".equals(value) || "true".equalsIgnoreCase(value);
	}

	/**
	 * Return a setting as Vendo reads it.
	 * @param value the value as given
	 * @return the trimmed value, or {@code null} when it is {@code null} or blank
	 */
	public static @Nullable String textOrNull(@Nullable String value) {
		if (value == null) {
			return null;
		}
		String trimmed = value.strip();
		return trimmed.isEmpty() ? null : trimmed;
	}

}
