package run.vendo.error;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The request, or a webhook, is not valid.
 *
 * @since 0.1.0
 */
public class ValidationException extends VendoException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create the exception.
	 * @param details what is known about the failure
	 * @param cause what led to it, or {@code null}
	 */
	public ValidationException(ErrorDetails details, @Nullable Throwable cause) {
		super(details, cause);
	}

	/**
	 * Return the machine-readable reason, where there is one: a webhook that does not
	 * verify says {@code mismatch}, {@code stale} and so on.
	 * @return the reason, or {@code null}
	 */
	public final @Nullable String reason() {
		return details().reason();
	}

	/**
	 * Return what the platform said about single fields of the request.
	 * @return messages by field; empty when there are none
	 */
	public final Map<String, List<String>> fieldErrors() {
		return details().fieldErrors();
	}

	@Override
	@Nullable String defaultNextStep() {
		return fieldErrors().isEmpty() ? null : "Correct " + String.join(", ", fieldErrors().keySet()) + ".";
	}

}
