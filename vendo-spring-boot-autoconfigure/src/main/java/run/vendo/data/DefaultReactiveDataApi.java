package run.vendo.data;

import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.VendoException;
import run.vendo.http.ApiCall;
import run.vendo.http.Redaction;
import run.vendo.http.VendoHttp;
import run.vendo.http.VendoJson;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Actions as the data proxy does them.
 */
final class DefaultReactiveDataApi implements ReactiveDataApi {

	private final VendoHttp http;

	private final Supplier<JsonMapper> mapper;

	private final @Nullable String connectionId;

	DefaultReactiveDataApi(VendoHttp http, Supplier<JsonMapper> mapper, @Nullable String connectionId) {
		this.http = http;
		this.mapper = mapper;
		this.connectionId = connectionId;
	}

	@Override
	public Mono<JsonNode> execute(String action, Map<String, ?> args) {
		return send(action, args, JsonNode.class);
	}

	@Override
	public <T> Mono<T> execute(String action, Map<String, ?> args, Class<T> type) {
		return send(action, args, type);
	}

	@Override
	public <T> Mono<T> execute(String action, Map<String, ?> args, ParameterizedTypeReference<T> type) {
		return send(action, args, type.getType());
	}

	@Override
	public ReactiveDataApi forConnection(String connectionId) {
		Assert.hasText(connectionId, "'connectionId' must not be blank");
		return new DefaultReactiveDataApi(this.http, this.mapper, connectionId);
	}

	private <T> Mono<T> send(String action, Map<String, ?> args, Type type) {
		return Mono.defer(() -> {
			this.http.requireVendoMode("data.execute");
			if (!StringUtils.hasText(action)) {
				throw ErrorDetails.of(ErrorCode.VALIDATION_FAILED).summary("An action must not be blank").toException();
			}
			ApiCall call = this.http.call("data", "execute")
				.at(this.http.config().dataProxyUrl())
				.post("/v1/execute")
				.json(body(action, args))
				.mapError(DefaultReactiveDataApi::mapError);
			if (this.connectionId != null) {
				call.header("X-Vendo-Connection", this.connectionId);
			}
			return call.retrieve(JsonNode.class, (answer, details) -> result(answer, details, type));
		});
	}

	private Map<String, Object> body(String action, Map<String, ?> args) {
		Map<String, Object> body = new LinkedHashMap<>();
		body.put("action_id", action);
		try {
			body.put("args", this.mapper.get().valueToTree(args));
		}
		catch (JacksonException ex) {
			throw ErrorDetails.of(ErrorCode.VALIDATION_FAILED)
				.summary("The arguments of the action cannot be written as JSON")
				.build()
				.toException(ex);
		}
		return body;
	}

	private <T> T result(JsonNode answer, ErrorDetails.Builder details, Type type) {
		if (!answer.has("data")) {
			throw withoutData(answer, details);
		}
		try {
			JsonMapper mapper = this.mapper.get();
			T result = mapper.treeToValue(answer.path("data"), mapper.constructType(type));
			if (result != null) {
				return result;
			}
			throw notOfType(details, type);
		}
		catch (JacksonException ex) {
			// Without the cause, whose message may quote the provider's data.
			throw notOfType(details, type);
		}
	}

	private static VendoException withoutData(JsonNode answer, ErrorDetails.Builder details) {
		if (answer.path("error").isString()) {
			return details.code(ErrorCode.COMPOSIO_ERROR)
				.platformMessage(Redaction.mask(answer.path("error").stringValue()))
				.toException();
		}
		return details.code(ErrorCode.INVALID_RESPONSE)
			.summary("The answer is JSON of another shape than expected: it has no data")
			.toException();
	}

	private static VendoException notOfType(ErrorDetails.Builder details, Type type) {
		return details.code(ErrorCode.INVALID_RESPONSE)
			.summary("The data of the answer cannot be read as %s".formatted(type.getTypeName()))
			.toException();
	}

	// The data proxy's own errors are bare texts; a code that the platform defines keeps
	// its meaning, and so does the status of an error in any other shape.
	private static ErrorDetails mapError(ErrorDetails details) {
		boolean known = details.code() != null
				&& !ErrorDetails.of(details.code()).toException().getClass().equals(VendoException.class);
		if (known || !isBareText(details)) {
			return details;
		}
		return details.mutate().code(ErrorCode.COMPOSIO_ERROR).build();
	}

	private static boolean isBareText(ErrorDetails details) {
		if (details.platformMessage() == null || details.responseBody() == null) {
			return false;
		}
		try {
			return VendoJson.MAPPER.readTree(details.responseBody()).path("error").isString();
		}
		catch (JacksonException ex) {
			// Too long to be kept whole: such texts come from the provider.
			return true;
		}
	}

}
