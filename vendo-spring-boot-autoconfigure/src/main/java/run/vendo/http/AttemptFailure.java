package run.vendo.http;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;

/**
 * One attempt failed. Stays inside the exchange path, which decides whether there is
 * another attempt and makes the exception that callers see.
 */
final class AttemptFailure extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final ErrorDetails details;

	private final boolean repeatable;

	AttemptFailure(ErrorDetails details, boolean repeatable, @Nullable Throwable cause) {
		super(null, cause, false, false);
		this.details = details;
		this.repeatable = repeatable;
	}

	ErrorDetails details() {
		return this.details;
	}

	boolean isRepeatable() {
		return this.repeatable;
	}

	VendoException toException(int attempts) {
		return this.details.mutate().attempts(attempts).build().toException(getCause());
	}

}
