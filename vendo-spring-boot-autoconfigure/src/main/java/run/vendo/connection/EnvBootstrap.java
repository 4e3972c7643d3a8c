package run.vendo.connection;

import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonProperty.Access;
import org.jspecify.annotations.Nullable;

import run.vendo.http.VendoJson;

/**
 * Which environment variables a connection wants to be written, and what is to be
 * restarted when they change.
 *
 * @param vars the variables
 * @param restart what to restart: {@code gateway} or {@code none}, or a value this
 * version does not know; {@code null} when not said
 * @param additionalFields what this version does not know; never {@code null}
 * @since 0.1.0
 */
public record EnvBootstrap(List<Variable> vars, @Nullable String restart,
		@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

	public EnvBootstrap {
		vars = (vars != null) ? vars.stream().filter(Objects::nonNull).toList() : List.of();
		additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
	}

	/**
	 * Create what this version knows all fields of.
	 * @param vars the variables
	 * @param restart what to restart, or {@code null}
	 */
	public EnvBootstrap(List<Variable> vars, @Nullable String restart) {
		this(vars, restart, Map.of());
	}

	@Override
	public String toString() {
		return "EnvBootstrap[vars=" + this.vars + ", restart=" + this.restart + "]";
	}

	/**
	 * A variable and where its value comes from. One without both is incomplete, and
	 * nothing can be written for it.
	 *
	 * @param name the name of the variable, or {@code null} when the platform left it out
	 * @param valueFrom the path of its value in the connection, for example
	 * {@code credential.access_token}, or {@code null} when the platform left it out
	 * @param additionalFields what this version does not know; never {@code null}
	 */
	public record Variable(@Nullable String name, @JsonProperty("value_from") @Nullable String valueFrom,
			@JsonAnySetter @JsonProperty(access = Access.WRITE_ONLY) Map<String, @Nullable Object> additionalFields) {

		public Variable {
			additionalFields = Objects.requireNonNullElse(VendoJson.freeze(additionalFields), Map.of());
		}

		/**
		 * Create a variable that this version knows all fields of.
		 * @param name the name of the variable, or {@code null}
		 * @param valueFrom the path of its value in the connection, or {@code null}
		 */
		public Variable(@Nullable String name, @Nullable String valueFrom) {
			this(name, valueFrom, Map.of());
		}

		@Override
		public String toString() {
			return "Variable[name=" + this.name + ", valueFrom=" + this.valueFrom + "]";
		}

	}

}
