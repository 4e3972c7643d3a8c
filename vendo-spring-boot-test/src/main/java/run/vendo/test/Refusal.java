package run.vendo.test;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * An error answer on its way to the host that words it.
 */
final class Refusal extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final @Nullable String code;

	private final @Nullable String slug;

	private final @Nullable Duration retryAfter;

	private final @Nullable String suggestedFix;

	private final @Nullable String connectUrl;

	Refusal(int status, @Nullable String code, String message) {
		this(status, code, message, null, null, null, null);
	}

	private Refusal(int status, @Nullable String code, String message, @Nullable String slug,
			@Nullable Duration retryAfter, @Nullable String suggestedFix, @Nullable String connectUrl) {
		super(message, null, false, false);
		this.status = status;
		this.code = code;
		this.slug = slug;
		this.retryAfter = retryAfter;
		this.suggestedFix = suggestedFix;
		this.connectUrl = connectUrl;
	}

	static Refusal invalid(String message) {
		return new Refusal(400, "validation_failed", message);
	}

	static Refusal notFound() {
		return new Refusal(404, null, "Not found");
	}

	Refusal about(@Nullable String slug) {
		return new Refusal(this.status, this.code, message(), slug, this.retryAfter, this.suggestedFix,
				this.connectUrl);
	}

	Refusal retryAfter(@Nullable Duration retryAfter) {
		return new Refusal(this.status, this.code, message(), this.slug, retryAfter, this.suggestedFix,
				this.connectUrl);
	}

	Refusal wayOut(@Nullable String suggestedFix, @Nullable String connectUrl) {
		return new Refusal(this.status, this.code, message(), this.slug, this.retryAfter, suggestedFix, connectUrl);
	}

	int status() {
		return this.status;
	}

	@Nullable String code() {
		return this.code;
	}

	String message() {
		return String.valueOf(getMessage());
	}

	@Nullable String slug() {
		return this.slug;
	}

	@Nullable Duration retryAfter() {
		return this.retryAfter;
	}

	@Nullable String suggestedFix() {
		return this.suggestedFix;
	}

	@Nullable String connectUrl() {
		return this.connectUrl;
	}

}
