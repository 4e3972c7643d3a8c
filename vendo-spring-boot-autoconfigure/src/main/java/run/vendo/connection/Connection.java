package run.vendo.connection;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.annotation.JsonNaming;

import run.vendo.http.VendoJson;

/**
 * A provider and how the application is connected to it.
 * <p>
 * A connection may hold secrets: {@link #apiKey()}, {@link #credential()} and whatever
 * the platform puts into {@link #metadata()} or into fields this version does not know.
 * They can be read, and appear neither in {@link #toString()} nor in JSON made from the
 * connection.
 *
 * @param id the id of the connection, or {@code null} while the provider is only
 * available
 * @param externalId the provider's own id of what is connected, or {@code null}
 * @param slug the provider; empty when the platform left it out
 * @param displayName the provider's name as people know it; the slug when not said
 * @param category what sort of provider it is
 * @param profile how the provider is connected
 * @param status how the connection stands
 * @param apiKey a key of Vendo's pool, or {@code null}
 * @param baseUrl where that key works, or {@code null}
 * @param metadata what else the platform says; never {@code null}
 * @param context what the provider's calls refer to, for example a project, or
 * {@code null}
 * @param credential the credential itself, or {@code null}
 * @param setupUrl where setting up goes on, or {@code null}
 * @param errorMessage what is wrong, or {@code null}
 * @param connectedAt since when it is connected, or {@code null}
 * @param envBootstrap the environment variables it wants, or {@code null}
 * @param exclusive whether it belongs to this application alone, or {@code null} when not
 * said
 * @param logoUrl a logo, or {@code null}
 * @param brandColor a colour, or {@code null}
 * @param docsUrl the provider's documentation, or {@code null}
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record Connection(@Nullable String id, @Nullable String externalId, String slug, String displayName,
		ConnectionCategory category, ConnectionProfile profile, ConnectionStatus status,
		@JsonProperty(access = Access.WRITE_ONLY) @Nullable String apiKey, @Nullable String baseUrl,
		@JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> metadata,
		@Nullable Map<String, @Nullable Object> context,
		@JsonProperty(access = Access.WRITE_ONLY) @Nullable Map<String, @Nullable Object> credential,
		@Nullable String setupUrl, @Nullable String errorMessage,
		@JsonDeserialize(using = ConnectedAtDeserializer.class) @Nullable Instant connectedAt,
		@Nullable EnvBootstrap envBootstrap, @Nullable Boolean exclusive, @Nullable String logoUrl,
		@Nullable String brandColor, @Nullable String docsUrl,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public Connection {
		slug = Objects.requireNonNullElse(slug, "");
		displayName = Objects.requireNonNullElse(displayName, slug);
		category = Objects.requireNonNullElse(category, ConnectionCategory.UNKNOWN);
		profile = Objects.requireNonNullElse(profile, ConnectionProfile.UNKNOWN);
		status = Objects.requireNonNullElse(status, ConnectionStatus.UNKNOWN);
		metadata = Objects.requireNonNullElse(VendoJson.freeze(metadata), Map.of());
		context = VendoJson.freeze(context);
		credential = VendoJson.freeze(credential);
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Return whether tokens can be had.
	 * @return whether the status is {@link ConnectionStatus#CONNECTED}
	 */
	public boolean isConnected() {
		return ConnectionStatus.CONNECTED.equals(this.status);
	}

	/**
	 * Return a connection that is known by little more than its name.
	 */
	static Connection of(String slug, String displayName, ConnectionProfile profile, ConnectionStatus status) {
		return new Connection(null, null, slug, displayName, ConnectionCategory.UNKNOWN, profile, status, null, null,
				Map.of(), null, null, null, null, null, null, null, null, null, null, Map.of());
	}

	@Override
	public String toString() {
		return "Connection[id=" + this.id + ", slug=" + this.slug + ", profile=" + this.profile + ", status="
				+ this.status + "]";
	}

}
