package run.vendo.connection;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonProperty;

import org.springframework.util.Assert;

/**
 * The answer of {@code GET /api/deployments/me/connections}.
 *
 * @param connections the connections
 */
record ConnectionList(@JsonProperty(value = "connections", required = true) List<Connection> connections) {

	ConnectionList {
		Assert.notNull(connections, "'connections' must not be null");
		connections = List.copyOf(connections);
	}

}
