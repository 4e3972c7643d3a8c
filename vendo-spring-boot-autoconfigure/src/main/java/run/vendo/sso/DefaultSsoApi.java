package run.vendo.sso;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import run.vendo.error.ErrorCode;
import run.vendo.http.EnvironmentVariables;

import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;

/**
 * The user in the proxy's headers.
 */
final class DefaultSsoApi implements SsoApi {

	private static final URI LOGOUT_URL = URI.create("/__vendo/auth/logout");

	private static final URI DASHBOARD_URL = URI.create("https://vendo.run/dashboard");

	private final EnvironmentVariables environment;

	DefaultSsoApi(EnvironmentVariables environment) {
		this.environment = environment;
	}

	@Override
	public boolean isEnabled() {
		return this.environment.isSet("VENDO_AUTH");
	}

	@Override
	public Optional<VendoIdentity> identityFromHeaders(HttpHeaders headers) {
		String userId = isEnabled() ? single(headers, "X-Vendo-User-Id") : null;
		if (userId == null) {
			return Optional.empty();
		}
		String name = Objects.requireNonNullElse(text(headers, "X-Vendo-User-Name"), "");
		String role = single(headers, "X-Vendo-Role");
		return Optional.of(new VendoIdentity(userId, text(headers, "X-Vendo-User-Email"), name,
				single(headers, "X-Vendo-Tenant-Id"), (role != null) ? VendoRole.of(role) : null));
	}

	@Override
	public ResponseEntity<Map<String, Object>> identityResponse(HttpHeaders headers) {
		Optional<VendoIdentity> identity = identityFromHeaders(headers);
		return ResponseEntity.status(identity.isPresent() ? HttpStatus.OK : HttpStatus.UNAUTHORIZED)
			.cacheControl(CacheControl.noStore())
			.body(identity.map(DefaultSsoApi::body)
				.orElseGet(() -> Map.of("error", ErrorCode.IDENTITY_NOT_PRESENT.value())));
	}

	@Override
	public URI logoutUrl() {
		return LOGOUT_URL;
	}

	@Override
	public URI dashboardUrl() {
		return DASHBOARD_URL;
	}

	// A header that is there twice was not set by the proxy alone.
	private static @Nullable String single(HttpHeaders headers, String name) {
		List<String> values = headers.getOrDefault(name, List.of());
		return (values.size() == 1) ? EnvironmentVariables.textOrNull(values.get(0)) : null;
	}

	// Servers read header values as Latin-1, also those that were sent in UTF-8. What was
	// Latin-1 indeed does not look like UTF-8.
	private static @Nullable String text(HttpHeaders headers, String name) {
		String value = single(headers, name);
		if (value == null || !StandardCharsets.ISO_8859_1.newEncoder().canEncode(value)) {
			return value;
		}
		try {
			byte[] sent = value.getBytes(StandardCharsets.ISO_8859_1);
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(sent)).toString();
		}
		catch (CharacterCodingException ex) {
			return value;
		}
	}

	private static Map<String, Object> body(VendoIdentity identity) {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("user_id", identity.userId());
		put(body, "email", identity.email());
		body.put("name", identity.name());
		put(body, "tenant_id", identity.tenantId());
		put(body, "role", (identity.role() != null) ? identity.role().value() : null);
		return body;
	}

	private static void put(Map<String, Object> body, String name, @Nullable Object value) {
		if (value != null) {
			body.put(name, value);
		}
	}

}
