package run.vendo.dashboard;

import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;

import run.vendo.http.VendoJson;

/**
 * A tool that was deployed.
 *
 * @param deploymentId the id of the deployment
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record Deployed(@JsonProperty(value = "deploymentId", required = true) String deploymentId,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public Deployed {
		Objects.requireNonNull(deploymentId, "'deploymentId' must not be null");
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create what this version knows all fields of.
	 * @param deploymentId the id of the deployment
	 */
	public Deployed(String deploymentId) {
		this(deploymentId, Map.of());
	}

	@Override
	public String toString() {
		return "Deployed[deploymentId=" + this.deploymentId + "]";
	}

}
