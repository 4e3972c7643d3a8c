package run.vendo.sso;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The signed-in user, as the Vendo proxy tells the application.
 *
 * @param userId the user
 * @param email the user's address, or {@code null}
 * @param name the user's name; may be empty
 * @param tenantId the tenant the user belongs to, or {@code null}
 * @param role what the user may do there, or {@code null}
 * @since 0.1.0
 */
public record VendoIdentity(String userId, @Nullable String email, String name, @Nullable String tenantId,
		@Nullable VendoRole role) {

	public VendoIdentity {
		Assert.hasText(userId, "'userId' must not be blank");
		Assert.notNull(name, "'name' must not be null");
	}

}
