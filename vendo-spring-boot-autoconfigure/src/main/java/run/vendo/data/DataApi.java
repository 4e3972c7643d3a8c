package run.vendo.data;

import java.util.Map;

import tools.jackson.databind.JsonNode;

import run.vendo.error.NotConnectedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoOnlyFeatureException;

import org.springframework.core.ParameterizedTypeReference;

/**
 * Actions of connected providers, through the data proxy. Every call throws
 * {@link VendoOnlyFeatureException} without an API key, before any I/O.
 *
 * @since 0.1.0
 * @see ReactiveDataApi
 */
public interface DataApi {

	/**
	 * Return an API that waits for what a reactive one does.
	 * @param reactive the API that does the work
	 * @return the blocking API
	 */
	static DataApi over(ReactiveDataApi reactive) {
		return new BlockingDataApi(reactive);
	}

	/**
	 * Do something at a provider: {@code POST /v1/execute} at the data proxy.
	 * @param action the id of the action, for example {@code SLACK_SEND_MESSAGE}
	 * @param args its arguments
	 * @return the {@code data} of the answer, JSON {@code null} included
	 * @throws NotConnectedException if the provider is not connected
	 * @throws UpstreamException if the action failed
	 * @throws ValidationException if the action is blank
	 */
	JsonNode execute(String action, Map<String, ?> args);

	/**
	 * Do something at a provider.
	 * @param <T> the type of the result
	 * @param action the id of the action
	 * @param args its arguments
	 * @param type the type of the result
	 * @return the result
	 * @throws NotConnectedException if the provider is not connected
	 * @throws UpstreamException if the action failed or its result is not of that type
	 */
	<T> T execute(String action, Map<String, ?> args, Class<T> type);

	/**
	 * Do something at a provider.
	 * @param <T> the type of the result
	 * @param action the id of the action
	 * @param args its arguments
	 * @param type the type of the result
	 * @return the result
	 * @throws NotConnectedException if the provider is not connected
	 * @throws UpstreamException if the action failed or its result is not of that type
	 */
	<T> T execute(String action, Map<String, ?> args, ParameterizedTypeReference<T> type);

	/**
	 * Return this API for one connection, where an application has several for one
	 * provider.
	 * @param connectionId the id of the connection
	 * @return an API that names that connection
	 */
	DataApi forConnection(String connectionId);

}
