package run.vendo.token;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A token as the credentials worker answers it.
 *
 * @param accessToken the token
 * @param expiresAt when it ends, or {@code null} when it does not
 */
record TokenAnswer(@JsonProperty(value = "access_token", required = true) String accessToken,
		@JsonProperty("expires_at") @Nullable Instant expiresAt) {

	TokenAnswer {
		Assert.hasText(accessToken, "'access_token' must not be blank");
	}

	@Override
	public String toString() {
		return "TokenAnswer[expiresAt=" + this.expiresAt + "]";
	}

}
