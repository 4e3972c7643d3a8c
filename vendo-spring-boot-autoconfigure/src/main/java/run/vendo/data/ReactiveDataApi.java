package run.vendo.data;

import java.util.Map;
import java.util.function.Supplier;

import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.error.NotConnectedException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.http.VendoHttp;

import org.springframework.core.ParameterizedTypeReference;

/**
 * Actions of connected providers, through the data proxy. Every call fails with
 * {@link VendoOnlyFeatureException} without an API key, before any I/O.
 *
 * @since 0.1.0
 * @see DataApi
 */
public interface ReactiveDataApi {

	/**
	 * Return an API over an exchange path.
	 * @param http where calls go
	 * @param mapper gives what reads typed results
	 * @return the API
	 */
	static ReactiveDataApi over(VendoHttp http, Supplier<JsonMapper> mapper) {
		return new DefaultReactiveDataApi(http, mapper, null);
	}

	/**
	 * Do something at a provider: {@code POST /v1/execute} at the data proxy.
	 * @param action the id of the action, for example {@code SLACK_SEND_MESSAGE}
	 * @param args its arguments
	 * @return the {@code data} of the answer, JSON {@code null} included; fails with
	 * {@link NotConnectedException} if the provider is not connected,
	 * {@link UpstreamException} if the action failed and {@link ValidationException} if
	 * the action is blank
	 */
	Mono<JsonNode> execute(String action, Map<String, ?> args);

	/**
	 * Do something at a provider.
	 * @param <T> the type of the result
	 * @param action the id of the action
	 * @param args its arguments
	 * @param type the type of the result
	 * @return the result; fails like {@link #execute(String, Map)}, and with
	 * {@link UpstreamException} if the result is not of that type
	 */
	<T> Mono<T> execute(String action, Map<String, ?> args, Class<T> type);

	/**
	 * Do something at a provider.
	 * @param <T> the type of the result
	 * @param action the id of the action
	 * @param args its arguments
	 * @param type the type of the result
	 * @return the result; fails like {@link #execute(String, Map, Class)}
	 */
	<T> Mono<T> execute(String action, Map<String, ?> args, ParameterizedTypeReference<T> type);

	/**
	 * Return this API for one connection, where an application has several for one
	 * provider.
	 * @param connectionId the id of the connection
	 * @return an API that names that connection
	 */
	ReactiveDataApi forConnection(String connectionId);

}
