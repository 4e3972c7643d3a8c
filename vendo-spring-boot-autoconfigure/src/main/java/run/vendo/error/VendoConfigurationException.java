package run.vendo.error;

import org.jspecify.annotations.Nullable;

/**
 * The client cannot be built from what it was given. Raised while it is built, never by a
 * call; the message names the setting and what is wrong with it, never a secret value.
 *
 * @since 0.1.0
 * @serial exclude
 */
public final class VendoConfigurationException extends VendoException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String setting;

	/**
	 * Create the exception.
	 * @param setting the setting at fault as a configuration property, for example
	 * {@code vendo.api-key}, or {@code null} when there is no single one
	 * @param problem what is wrong with it, without its value where that is a secret
	 * @param remedy what to do about it
	 */
	public VendoConfigurationException(@Nullable String setting, String problem, String remedy) {
		this(setting, problem, remedy, null);
	}

	/**
	 * Create the exception.
	 * @param setting the setting at fault as a configuration property, for example
	 * {@code vendo.api-key}, or {@code null} when there is no single one
	 * @param problem what is wrong with it, without its value where that is a secret
	 * @param remedy what to do about it
	 * @param cause what led to it, or {@code null}
	 */
	public VendoConfigurationException(@Nullable String setting, String problem, String remedy,
			@Nullable Throwable cause) {
		super(ErrorDetails.builder().summary(problem).nextStep(remedy).build(), cause);
		this.setting = setting;
	}

	/**
	 * Return the setting at fault.
	 * @return the name of a configuration property, or {@code null}
	 */
	public @Nullable String setting() {
		return this.setting;
	}

}
