package run.vendo.autoconfigure.web;

import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.sso.VendoIdentity;

import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.MergedAnnotations;

/**
 * Which parameters of a controller method are about the user.
 */
final class UserParameters {

	private static final String AUTHENTICATION_PRINCIPAL = "org.springframework.security.core.annotation.AuthenticationPrincipal";

	private UserParameters() {
	}

	static boolean isClient(MethodParameter parameter) {
		Class<?> type = parameter.getParameterType();
		return (type == VendoClient.class || type == ReactiveVendoClient.class)
				&& parameter.hasParameterAnnotation(ForRequest.class);
	}

	static boolean isIdentity(MethodParameter parameter) {
		return parameter.nestedIfOptional().getNestedParameterType() == VendoIdentity.class && isOurs(parameter);
	}

	/**
	 * Return whether Spring Security is not asked for it.
	 */
	static boolean isOurs(MethodParameter parameter) {
		return !MergedAnnotations.from(parameter.getParameterAnnotations()).isPresent(AUTHENTICATION_PRINCIPAL);
	}

	static VendoException nobody() {
		return ErrorDetails.of(ErrorCode.IDENTITY_NOT_PRESENT)
			.summary("The request has no X-Vendo-User-Id header that can be believed, so nobody is signed in")
			.toException();
	}

}
