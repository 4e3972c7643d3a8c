package run.vendo.data;

import java.util.Map;

import tools.jackson.databind.JsonNode;

import run.vendo.http.Blocking;

import org.springframework.core.ParameterizedTypeReference;

/**
 * Actions for threads that may wait.
 */
record BlockingDataApi(ReactiveDataApi reactive) implements DataApi {

	@Override
	public JsonNode execute(String action, Map<String, ?> args) {
		return Blocking.await(this.reactive.execute(action, args));
	}

	@Override
	public <T> T execute(String action, Map<String, ?> args, Class<T> type) {
		return Blocking.await(this.reactive.execute(action, args, type));
	}

	@Override
	public <T> T execute(String action, Map<String, ?> args, ParameterizedTypeReference<T> type) {
		return Blocking.await(this.reactive.execute(action, args, type));
	}

	@Override
	public DataApi forConnection(String connectionId) {
		return new BlockingDataApi(this.reactive.forConnection(connectionId));
	}

}
