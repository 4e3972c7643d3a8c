package run.vendo.http;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

import run.vendo.error.ErrorCode;
import run.vendo.error.TransportException;
import run.vendo.http.VendoObservationDocumentation.HighCardinalityKeyNames;
import run.vendo.http.VendoObservationDocumentation.LowCardinalityKeyNames;

import org.springframework.util.Assert;

/**
 * What is told of a call unless somebody says otherwise.
 *
 * @since 0.1.0
 * @see VendoObservationDocumentation#CLIENT_CALL
 */
public class DefaultClientCallObservationConvention implements ClientCallObservationConvention {

	private static final String DEFAULT_NAME = "vendo.client.call";

	private static final String NONE = "none";

	// The platform may invent codes faster than a meter forgets them.
	private static final Set<String> CODES = Stream
		.of(ErrorCode.APP_UNKNOWN, ErrorCode.APP_REVOKED, ErrorCode.APP_EXPIRED, ErrorCode.AUTH,
				ErrorCode.BINDING_MISSING, ErrorCode.CONNECTION_REVOKED, ErrorCode.NOT_CONNECTED,
				ErrorCode.CONNECTION_NEEDS_REAUTH, ErrorCode.NEEDS_REAUTH, ErrorCode.BALANCE_EXHAUSTED,
				ErrorCode.INSUFFICIENT_CREDITS, ErrorCode.BILLING_NOT_SETUP, ErrorCode.SPEND_CAP_DAILY,
				ErrorCode.SPEND_CAP_MONTHLY, ErrorCode.SPEND_CAP_EXCEEDED, ErrorCode.UPSTREAM_RATE_LIMITED,
				ErrorCode.RATE_LIMITED, ErrorCode.RATE_LIMIT_SSE_STREAMS, ErrorCode.UPSTREAM_ERROR, ErrorCode.UPSTREAM,
				ErrorCode.COMPOSIO_ERROR, ErrorCode.INVALID_RESPONSE, ErrorCode.VALIDATION_FAILED, ErrorCode.VALIDATION,
				ErrorCode.IDEMPOTENCY_CONFLICT, ErrorCode.SLUG_TAKEN, ErrorCode.SUBDOMAIN_TAKEN, ErrorCode.INVALID_SLUG,
				ErrorCode.UNKNOWN_BINDING, ErrorCode.MISSING_BINDING, ErrorCode.WORKER_UNREACHABLE,
				ErrorCode.TOOL_UNRELEASED, ErrorCode.VENDO_ONLY_FEATURE, ErrorCode.IDENTITY_NOT_PRESENT)
		.map(ErrorCode::value)
		.collect(Collectors.toUnmodifiableSet());

	private final String name;

	/**
	 * Create a convention with the name {@code vendo.client.call}.
	 */
	public DefaultClientCallObservationConvention() {
		this(DEFAULT_NAME);
	}

	/**
	 * Create a convention with another name.
	 * @param name the name of the observation
	 */
	public DefaultClientCallObservationConvention(String name) {
		Assert.hasText(name, "'name' must not be blank");
		this.name = name;
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public String getContextualName(ClientCallObservationContext context) {
		return "vendo " + context.getApi() + "." + context.getOperation();
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(ClientCallObservationContext context) {
		return KeyValues.of(LowCardinalityKeyNames.ACCOUNT.withValue(context.getAccount()),
				LowCardinalityKeyNames.API.withValue(context.getApi()),
				LowCardinalityKeyNames.OPERATION.withValue(context.getOperation()), outcome(context), status(context),
				code(context));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(ClientCallObservationContext context) {
		String requestId = context.getRequestId();
		return KeyValues.of(HighCardinalityKeyNames.ATTEMPTS.withValue(String.valueOf(context.getAttempts())),
				HighCardinalityKeyNames.REQUEST_ID.withValue((requestId != null) ? requestId : NONE));
	}

	private static KeyValue outcome(ClientCallObservationContext context) {
		return LowCardinalityKeyNames.OUTCOME.withValue(outcomeOf(context));
	}

	private static String outcomeOf(ClientCallObservationContext context) {
		if (!context.isEnded()) {
			return "unknown";
		}
		if (context.isCancelled()) {
			return "cancelled";
		}
		if (context.getError() == null) {
			return "success";
		}
		Integer status = context.getStatus();
		if (status == null) {
			return (context.getError() instanceof TransportException) ? "no-answer" : "unknown";
		}
		return switch (status / 100) {
			case 4 -> "client-error";
			case 5 -> "server-error";
			default -> "invalid-answer";
		};
	}

	private static KeyValue status(ClientCallObservationContext context) {
		Integer status = context.getStatus();
		if (status == null || status < 100 || status > 599) {
			return LowCardinalityKeyNames.STATUS.withValue(NONE);
		}
		return LowCardinalityKeyNames.STATUS.withValue(status / 100 + "xx");
	}

	private static KeyValue code(ClientCallObservationContext context) {
		ErrorCode code = context.getCode();
		if (code == null) {
			return LowCardinalityKeyNames.CODE.withValue(NONE);
		}
		return LowCardinalityKeyNames.CODE.withValue(CODES.contains(code.value()) ? code.value() : "other");
	}

}
