package run.vendo.error;

import java.io.Serializable;

import org.springframework.util.Assert;

/**
 * A code that says why a call failed. The set is open: a code this version does not know
 * is kept as the platform sent it.
 *
 * @param value the code as it goes over the wire
 * @since 0.1.0
 * @serial exclude
 */
public record ErrorCode(String value) implements Serializable {

	/** The platform does not know the key. */
	public static final ErrorCode APP_UNKNOWN = new ErrorCode("app_unknown");

	/** The key was revoked. */
	public static final ErrorCode APP_REVOKED = new ErrorCode("app_revoked");

	/** The key has expired. */
	public static final ErrorCode APP_EXPIRED = new ErrorCode("app_expired");

	/** The key was refused; older spelling. */
	public static final ErrorCode AUTH = new ErrorCode("auth");

	/** The application has no connection for the provider. */
	public static final ErrorCode BINDING_MISSING = new ErrorCode("binding_missing");

	/** The connection was revoked. */
	public static final ErrorCode CONNECTION_REVOKED = new ErrorCode("connection_revoked");

	/** The provider is not connected; older spelling. */
	public static final ErrorCode NOT_CONNECTED = new ErrorCode("not_connected");

	/** The provider's consent has to be given again. */
	public static final ErrorCode CONNECTION_NEEDS_REAUTH = new ErrorCode("connection_needs_reauth");

	/** The provider's consent has to be given again; older spelling. */
	public static final ErrorCode NEEDS_REAUTH = new ErrorCode("needs_reauth");

	/** The prepaid balance is used up. */
	public static final ErrorCode BALANCE_EXHAUSTED = new ErrorCode("balance_exhausted");

	/** The prepaid balance does not cover the request. */
	public static final ErrorCode INSUFFICIENT_CREDITS = new ErrorCode("INSUFFICIENT_CREDITS");

	/** The account has no way to pay yet. */
	public static final ErrorCode BILLING_NOT_SETUP = new ErrorCode("BILLING_NOT_SETUP");

	/** The daily spend cap was reached. */
	public static final ErrorCode SPEND_CAP_DAILY = new ErrorCode("spend_cap_daily");

	/** The monthly spend cap was reached. */
	public static final ErrorCode SPEND_CAP_MONTHLY = new ErrorCode("spend_cap_monthly");

	/** A spend cap was reached; older spelling. */
	public static final ErrorCode SPEND_CAP_EXCEEDED = new ErrorCode("spend_cap_exceeded");

	/** The provider behind Vendo asks for fewer requests. */
	public static final ErrorCode UPSTREAM_RATE_LIMITED = new ErrorCode("upstream_rate_limited");

	/** The platform asks for fewer requests. */
	public static final ErrorCode RATE_LIMITED = new ErrorCode("rate_limited");

	/** Too many event streams are open for the application. */
	public static final ErrorCode RATE_LIMIT_SSE_STREAMS = new ErrorCode("rate_limit_sse_streams");

	/** The platform or a provider behind it failed, or could not be reached. */
	public static final ErrorCode UPSTREAM_ERROR = new ErrorCode("upstream_error");

	/** The platform or a provider behind it failed; older spelling. */
	public static final ErrorCode UPSTREAM = new ErrorCode("upstream");

	/** An action failed at the data proxy. */
	public static final ErrorCode COMPOSIO_ERROR = new ErrorCode("composio_error");

	/** An answer arrived that is not what the call promises. */
	public static final ErrorCode INVALID_RESPONSE = new ErrorCode("invalid_response");

	/** The request was not valid. */
	public static final ErrorCode VALIDATION_FAILED = new ErrorCode("validation_failed");

	/** The request was not valid; older spelling. */
	public static final ErrorCode VALIDATION = new ErrorCode("validation");

	/** An idempotency key was used again with another request. */
	public static final ErrorCode IDEMPOTENCY_CONFLICT = new ErrorCode("idempotency_conflict");

	/** The name of a deployment is taken. */
	public static final ErrorCode SLUG_TAKEN = new ErrorCode("SLUG_TAKEN");

	/** The subdomain of a deployment is taken. */
	public static final ErrorCode SUBDOMAIN_TAKEN = new ErrorCode("SUBDOMAIN_TAKEN");

	/** The name of a deployment cannot be used. */
	public static final ErrorCode INVALID_SLUG = new ErrorCode("INVALID_SLUG");

	/** A binding that was chosen is not there. */
	public static final ErrorCode UNKNOWN_BINDING = new ErrorCode("UNKNOWN_BINDING");

	/** A binding that a tool needs was not chosen. */
	public static final ErrorCode MISSING_BINDING = new ErrorCode("MISSING_BINDING");

	/** What runs deployments cannot be reached. */
	public static final ErrorCode WORKER_UNREACHABLE = new ErrorCode("WORKER_UNREACHABLE");

	/** The tool is not released. */
	public static final ErrorCode TOOL_UNRELEASED = new ErrorCode("tool_unreleased");

	/** The call needs an API key and there is none. Raised here, never sent. */
	public static final ErrorCode VENDO_ONLY_FEATURE = new ErrorCode("vendo_only_feature");

	/** The request carries no user. Raised here, never sent. */
	public static final ErrorCode IDENTITY_NOT_PRESENT = new ErrorCode("identity_not_present");

	public ErrorCode {
		Assert.hasText(value, "'value' must not be blank");
	}

	/**
	 * Return whether this code says that a spend cap was reached.
	 * @return whether it is one of the spend cap codes
	 */
	public boolean isSpendCap() {
		return this.equals(SPEND_CAP_DAILY) || this.equals(SPEND_CAP_MONTHLY) || this.equals(SPEND_CAP_EXCEEDED);
	}

	@Override
	public String toString() {
		return this.value;
	}

}
