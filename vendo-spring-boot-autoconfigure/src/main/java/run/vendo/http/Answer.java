package run.vendo.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.codec.Hints;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ReactiveHttpInputMessage;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.reactive.function.BodyExtractor;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

/**
 * A whole 2xx answer, and the ways to read it. What cannot be read becomes an error that
 * says what came, never a parser's exception: those quote the text they failed on.
 */
final class Answer {

	private final ApiCall call;

	private final HttpStatusCode status;

	private final HttpHeaders headers;

	private final byte[] body;

	private final ExchangeStrategies strategies;

	private final ErrorMapper errors;

	private final Supplier<ErrorDetails.Builder> details;

	Answer(ApiCall call, HttpStatusCode status, HttpHeaders headers, byte[] body, ExchangeStrategies strategies,
			ErrorMapper errors, Supplier<ErrorDetails.Builder> details) {
		this.call = call;
		this.status = status;
		this.headers = headers;
		this.body = body;
		this.strategies = strategies;
		this.errors = errors;
		this.details = details;
	}

	<T> T json(JavaType type) {
		if (isBlank()) {
			throw invalid("an empty body", null, false);
		}
		try {
			T value = VendoJson.MAPPER.readValue(this.body, type);
			if (value == null || (value instanceof JsonNode node && (node.isNull() || node.isMissingNode()))) {
				throw invalid("nothing but null", null, false);
			}
			return value;
		}
		catch (JacksonException ex) {
			boolean cut = ex instanceof UnexpectedEndOfInputException;
			throw invalid(describe(ex, cut), null, cut);
		}
	}

	@SuppressWarnings("unchecked")
	<T> Mono<ResponseEntity<T>> entity(ParameterizedTypeReference<T> type) {
		if (type.getType() == byte[].class) {
			return Mono.just((ResponseEntity<T>) new ResponseEntity<>(this.body, this.headers, this.status));
		}
		if (type.getType() == String.class) {
			String text = new String(this.body, charset());
			return Mono.just((ResponseEntity<T>) new ResponseEntity<>(text, this.headers, this.status));
		}
		if (type.getType() == JsonNode.class) {
			T tree = json(VendoJson.MAPPER.constructType(type.getType()));
			return Mono.just(new ResponseEntity<>(tree, this.headers, this.status));
		}
		if (isBlank()) {
			return Mono.error(invalid("an empty body", null, false));
		}
		return BodyExtractors.toMono(type)
			.extract(new Message(decodedHeaders(), this.body), new Decoding(this.strategies.messageReaders()))
			.onErrorMap((ex) -> !(ex instanceof AttemptFailure),
					(ex) -> invalid("%s that cannot be read as %s".formatted(kind(), type.getType().getTypeName()),
							null, hasUnexpectedEnd(ex)))
			.switchIfEmpty(Mono.error(() -> invalid("nothing but null", null, false)))
			.map((value) -> new ResponseEntity<>(value, this.headers, this.status));
	}

	private HttpHeaders decodedHeaders() {
		HttpHeaders headers = new HttpHeaders();
		headers.addAll(this.headers);
		// What was compressed on the wire is not any more.
		headers.remove(HttpHeaders.CONTENT_ENCODING);
		if (contentType() == null) {
			// JSON was asked for, and nothing says that it is anything else.
			headers.setContentType(MediaType.APPLICATION_JSON);
		}
		return headers;
	}

	ErrorDetails.Builder details() {
		return this.details.get();
	}

	ResponseEntity<Void> bodiless() {
		return new ResponseEntity<>(this.headers, this.status);
	}

	/**
	 * Return the failure of an answer that is not what the call promises.
	 * @param what what came instead
	 * @param cause what led to it, without a part of the answer in its message
	 * @param cut whether the answer was cut off, which another attempt may mend
	 * @return the failure
	 */
	AttemptFailure invalid(String what, @Nullable Throwable cause, boolean cut) {
		String kept = (this.call.isSecretAnswer() && !isMarkup()) ? null : this.errors.keptBody(this.body);
		return new AttemptFailure(this.details.get()
			.code(ErrorCode.INVALID_RESPONSE)
			.status(this.status.value())
			.summary("The answer is %s".formatted(what))
			.responseBody(kept)
			.build(), cut, cause);
	}

	private String describe(JacksonException ex, boolean cut) {
		if (cut) {
			return "JSON that breaks off after %d bytes".formatted(this.body.length);
		}
		if (ex instanceof StreamReadException) {
			return "%s and not JSON (line %d, column %d)".formatted(kind(), ex.getLocation().getLineNr(),
					ex.getLocation().getColumnNr());
		}
		String path = ex.getPathReference();
		int field = path.indexOf('[');
		return "JSON of another shape than expected, at %s".formatted((field >= 0) ? path.substring(field) : "its top");
	}

	private String kind() {
		String type = isMarkup() ? "an HTML page" : String.valueOf(contentType());
		return (contentType() == null && !isMarkup()) ? "text without a content type" : type;
	}

	private boolean isMarkup() {
		String start = new String(this.body, 0, Math.min(this.body.length, 64), StandardCharsets.UTF_8).stripLeading()
			.toLowerCase(Locale.ROOT);
		return start.startsWith("<!doctype html") || start.startsWith("<html");
	}

	private boolean isBlank() {
		for (byte character : this.body) {
			if (character != ' ' && character != '\t' && character != '\r' && character != '\n') {
				return false;
			}
		}
		return true;
	}

	private Charset charset() {
		MediaType type = contentType();
		Charset charset = (type != null) ? type.getCharset() : null;
		return (charset != null) ? charset : StandardCharsets.UTF_8;
	}

	private @Nullable MediaType contentType() {
		try {
			return this.headers.getContentType();
		}
		catch (InvalidMediaTypeException ex) {
			// As good as none.
			return null;
		}
	}

	/**
	 * This answer as codecs read it.
	 *
	 * @param headers its headers
	 * @param body its body
	 */
	private record Message(HttpHeaders headers, byte[] body) implements ReactiveHttpInputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public Flux<DataBuffer> getBody() {
			return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(this.body));
		}

	}

	/**
	 * Lets codecs read without logging what they read.
	 *
	 * @param readers the codecs
	 */
	private record Decoding(List<HttpMessageReader<?>> readers) implements BodyExtractor.Context {

		@Override
		public List<HttpMessageReader<?>> messageReaders() {
			return this.readers;
		}

		@Override
		public Optional<ServerHttpResponse> serverResponse() {
			return Optional.empty();
		}

		@Override
		public Map<String, Object> hints() {
			return Map.of(Hints.SUPPRESS_LOGGING_HINT, true);
		}

	}

	private static boolean hasUnexpectedEnd(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			if (cause instanceof UnexpectedEndOfInputException) {
				return true;
			}
		}
		return false;
	}

}
