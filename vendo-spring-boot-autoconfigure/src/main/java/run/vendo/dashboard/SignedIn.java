package run.vendo.dashboard;

import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;

import run.vendo.http.VendoJson;

/**
 * Who is signed in.
 *
 * @param loggedIn whether anybody is
 * @param userId who it is, or {@code null} when nobody is
 * @param email their address, or {@code null} when nobody is signed in
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record SignedIn(@JsonProperty(value = "loggedIn", required = true) boolean loggedIn,
		@JsonProperty("userId") @Nullable String userId, @JsonProperty("email") @Nullable String email,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public SignedIn {
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create what this version knows all fields of.
	 * @param loggedIn whether anybody is
	 * @param userId who it is, or {@code null}
	 * @param email their address, or {@code null}
	 */
	public SignedIn(boolean loggedIn, @Nullable String userId, @Nullable String email) {
		this(loggedIn, userId, email, Map.of());
	}

	@Override
	public String toString() {
		return "SignedIn[loggedIn=" + this.loggedIn + ", userId=" + this.userId + "]";
	}

}
