package run.vendo.connection;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Which environment variables a connection wants to be written, and what is to be
 * restarted when they change.
 *
 * @param vars the variables
 * @param restart what to restart: {@code gateway} or {@code none}, or a value this
 * version does not know; {@code null} when not said
 * @since 0.1.0
 */
public record EnvBootstrap(List<Variable> vars, @Nullable String restart) {

	public EnvBootstrap {
		vars = (vars != null) ? List.copyOf(vars) : List.of();
	}

	/**
	 * A variable and where its value comes from.
	 *
	 * @param name the name of the variable
	 * @param valueFrom the path of its value in the connection, for example
	 * {@code credential.access_token}
	 */
	public record Variable(@JsonProperty(required = true) String name,
			@JsonProperty(value = "value_from", required = true) String valueFrom) {

	}

}
