package run.vendo.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JavaType;

import run.vendo.error.ErrorDetails;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.Assert;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriUtils;

/**
 * One call on its way to the exchange path. Capabilities make their calls with it;
 * applications use {@link HttpApi}, which is made of it.
 *
 * @since 0.1.0
 */
public final class ApiCall {

	private final VendoHttp http;

	private final String api;

	private final String operation;

	private HttpMethod method = HttpMethod.GET;

	private String path = "/";

	private List<@Nullable Object> variables = List.of();

	private @Nullable URI base;

	private final List<String> query = new ArrayList<>();

	private final HttpHeaders headers = new HttpHeaders();

	private @Nullable Object body;

	private @Nullable String slug;

	private @Nullable Duration timeout;

	private @Nullable VendoCredential credential;

	private @Nullable Duration cacheFor;

	private @Nullable String idempotencyKey;

	private @Nullable String vendoOnlyFeature;

	private boolean secretAnswer;

	private UnaryOperator<ErrorDetails> errorDetails = UnaryOperator.identity();

	ApiCall(VendoHttp http, String api, String operation) {
		this.http = http;
		this.api = api;
		this.operation = operation;
	}

	/**
	 * Send a {@code GET} to a path of the API.
	 * @param path the path, with variables in braces
	 * @param variables their values, in order
	 * @return this call
	 */
	public ApiCall get(String path, Object... variables) {
		return to(HttpMethod.GET, path, variables);
	}

	/**
	 * Send a {@code POST} to a path of the API.
	 * @param path the path, with variables in braces
	 * @param variables their values, in order
	 * @return this call
	 */
	public ApiCall post(String path, Object... variables) {
		return to(HttpMethod.POST, path, variables);
	}

	/**
	 * Send any method to a path of the API.
	 * @param method the method
	 * @param path the path, with variables in braces
	 * @param variables their values, in order
	 * @return this call
	 */
	public ApiCall to(HttpMethod method, String path, Object... variables) {
		Assert.notNull(method, "'method' must not be null");
		Assert.notNull(path, "'path' must not be null");
		this.method = method;
		this.path = path;
		this.variables = Arrays.asList(variables);
		return this;
	}

	/**
	 * Send the call to another host than the API.
	 * @param base the host, as configured
	 * @return this call
	 */
	public ApiCall at(URI base) {
		this.base = base;
		return this;
	}

	/**
	 * Add a query parameter.
	 * @param name its name
	 * @param values its values
	 * @return this call
	 */
	public ApiCall query(String name, Object... values) {
		for (Object value : values) {
			this.query.add(encode(name) + "=" + encode(String.valueOf(value)));
		}
		return this;
	}

	/**
	 * Add a header.
	 * @param name its name
	 * @param values its values
	 * @return this call
	 */
	public ApiCall header(String name, String... values) {
		VendoHttp.requireHeaderName(name);
		for (String value : values) {
			VendoHttp.requireHeader(name, value);
		}
		this.headers.put(name, List.of(values));
		return this;
	}

	/**
	 * Set what the answer may be.
	 * @param mediaTypes the acceptable types
	 * @return this call
	 */
	public ApiCall accept(MediaType... mediaTypes) {
		this.headers.setAccept(List.of(mediaTypes));
		return this;
	}

	/**
	 * Set what the body is.
	 * @param mediaType the type of the body
	 * @return this call
	 */
	public ApiCall contentType(MediaType mediaType) {
		this.headers.setContentType(mediaType);
		return this;
	}

	/**
	 * Set the body.
	 * @param body the body
	 * @return this call
	 */
	public ApiCall body(Object body) {
		Assert.notNull(body, "'body' must not be null");
		if (ReactiveAdapterRegistry.getSharedInstance().getAdapter(body.getClass()) != null) {
			throw VendoHttp.invalid("A body must be the value itself; collect what a publisher brings, "
					+ "so that it can be sent again");
		}
		this.body = body;
		return this;
	}

	/**
	 * Set the body to JSON as the platform writes it, whatever the application's codecs
	 * do.
	 * @param body what to write
	 * @return this call
	 */
	public ApiCall json(Object body) {
		contentType(MediaType.APPLICATION_JSON);
		return body(VendoJson.MAPPER.writeValueAsBytes(body));
	}

	/**
	 * Say which provider the call is about, so that its errors say so too.
	 * @param slug the slug, not checked
	 * @return this call
	 */
	public ApiCall slug(@Nullable String slug) {
		this.slug = slug;
		return this;
	}

	/**
	 * Set how long the call may take with all its retries.
	 * @param timeout the deadline, positive
	 * @return this call
	 */
	public ApiCall timeout(Duration timeout) {
		Assert.isTrue(!timeout.isNegative() && !timeout.isZero(), "'timeout' must be positive");
		this.timeout = timeout;
		return this;
	}

	/**
	 * Set the key by which the platform tells a repeat from a new request.
	 * @param key the key
	 * @return this call
	 */
	public ApiCall idempotencyKey(String key) {
		Assert.hasText(key, "'key' must not be blank");
		VendoHttp.requireHeader("Idempotency-Key", key);
		this.idempotencyKey = key;
		return this;
	}

	/**
	 * Set what the call shows in place of the client's credential. A user's JWT still
	 * goes along where the client acts for a user.
	 * @param credential the credential
	 * @return this call
	 */
	public ApiCall credential(VendoCredential credential) {
		Assert.notNull(credential, "'credential' must not be null");
		this.credential = credential;
		return this;
	}

	/**
	 * Set how long an answer of this call is used, where answers are kept.
	 * @param lifetime how long, zero for not at all
	 * @return this call
	 */
	public ApiCall cacheFor(Duration lifetime) {
		Assert.isTrue(!lifetime.isNegative(), "'lifetime' must not be negative");
		this.cacheFor = lifetime;
		return this;
	}

	/**
	 * Refuse the call in OSS mode, before any I/O.
	 * @return this call
	 */
	public ApiCall vendoOnly() {
		this.vendoOnlyFeature = this.api + "." + this.operation;
		return this;
	}

	/**
	 * Say that the answer holds secrets: no part of it is kept when it cannot be read.
	 * @return this call
	 */
	public ApiCall secretAnswer() {
		this.secretAnswer = true;
		return this;
	}

	/**
	 * Adjust what is known about an error answer before an exception is made of it.
	 * @param errorDetails the adjustment
	 * @return this call
	 */
	public ApiCall mapError(UnaryOperator<ErrorDetails> errorDetails) {
		this.errorDetails = errorDetails;
		return this;
	}

	/**
	 * Send the call and read its answer as one of the platform's own models.
	 * @param <T> the model
	 * @param type the model
	 * @return the answer
	 */
	public <T> Mono<T> retrieve(Class<T> type) {
		JavaType javaType = VendoJson.MAPPER.constructType(type);
		return this.http.exchange(this, (answer) -> Mono.just(answer.json(javaType)));
	}

	/**
	 * Send the call, read its answer and make something of it.
	 * @param <M> what the answer is read as
	 * @param <T> what is made of it
	 * @param type what the answer is read as
	 * @param mapping makes something of it; gets what is known about the answer too, to
	 * raise an exception with when the answer turns out to be an error
	 * @return what was made
	 */
	public <M, T> Mono<T> retrieve(Class<M> type, BiFunction<M, ErrorDetails.Builder, T> mapping) {
		JavaType javaType = VendoJson.MAPPER.constructType(type);
		return this.http.exchange(this,
				(answer) -> Mono.just(mapping.apply(answer.<M>json(javaType), answer.details())));
	}

	/**
	 * Send the call and take no notice of the body of its answer.
	 * @return nothing, once the platform has done it
	 */
	public Mono<Void> discard() {
		return toBodilessEntity().then();
	}

	/**
	 * Send the call once, on a connection of its own, and read its answer while it
	 * arrives.
	 * @param <T> what the answer is read as
	 * @param type what the answer has to be; any other is an error
	 * @param timeout how long it may take until the answer begins
	 * @param reader reads the answer; it is called once the answer has begun, and
	 * releases the buffers
	 * @return what was read; empty, and the reader not called, when the platform answers
	 * that there is no content; fails with a {@link run.vendo.error.VendoException}
	 */
	public <T> Flux<T> stream(MediaType type, Duration timeout, Function<Flux<DataBuffer>, Flux<T>> reader) {
		accept(type);
		return this.http.stream(this, type, timeout, reader);
	}

	<T> Mono<ResponseEntity<T>> toEntity(ParameterizedTypeReference<T> type) {
		return this.http.exchange(this, (answer) -> answer.entity(type));
	}

	Mono<ResponseEntity<Void>> toBodilessEntity() {
		return this.http.exchange(this, (answer) -> Mono.just(answer.bodiless()));
	}

	String api() {
		return this.api;
	}

	String operation() {
		return this.operation;
	}

	HttpMethod method() {
		return this.method;
	}

	String path() {
		return this.path;
	}

	@Nullable VendoCredential credential() {
		return this.credential;
	}

	@Nullable Duration cacheFor() {
		return this.cacheFor;
	}

	@Nullable URI base() {
		return this.base;
	}

	HttpHeaders headers() {
		return this.headers;
	}

	@Nullable Object body() {
		return this.body;
	}

	@Nullable String slug() {
		return this.slug;
	}

	@Nullable Duration timeout() {
		return this.timeout;
	}

	@Nullable String idempotencyKey() {
		return this.idempotencyKey;
	}

	@Nullable String vendoOnlyFeature() {
		return this.vendoOnlyFeature;
	}

	boolean isSecretAnswer() {
		return this.secretAnswer;
	}

	UnaryOperator<ErrorDetails> errorDetails() {
		return this.errorDetails;
	}

	/**
	 * Return the path without the values of its variables and without its query.
	 * @return the template
	 */
	String template() {
		int query = this.path.indexOf('?');
		return (query >= 0) ? this.path.substring(0, query) : this.path;
	}

	/**
	 * Return the template to tell calls apart by in metrics.
	 * @return the template, or {@code null} for an absolute URL without variables: it
	 * came from somewhere, with all its values in it
	 */
	@Nullable String observedTemplate() {
		return (isAbsolute(this.path) && this.variables.isEmpty()) ? null : template();
	}

	private static boolean isAbsolute(String path) {
		return path.startsWith("https://") || path.startsWith("http://");
	}

	// The template for a message: it is wrong, so it may be anything.
	private String shown() {
		int fragment = template().indexOf('#');
		String path = (fragment >= 0) ? template().substring(0, fragment) : template();
		return Redaction.mask(path.replaceFirst("//[^/]*@", "//" + Redaction.MASK + "@"));
	}

	/**
	 * Return the whole URL with variables and query filled in.
	 * @param apiUrl where a path leads that is not absolute and names no other host
	 * @return the URL
	 */
	URI uri(URI apiUrl) {
		String expanded = expand();
		boolean absolute = isAbsolute(expanded);
		if (!absolute && !expanded.startsWith("/")) {
			throw VendoHttp.invalid("The path '%s' must begin with '/' or be an absolute URL".formatted(shown()));
		}
		StringBuilder url = new StringBuilder();
		if (!absolute) {
			url.append((this.base != null) ? this.base : apiUrl);
		}
		url.append(expanded);
		char separator = (expanded.indexOf('?') >= 0) ? '&' : '?';
		for (String parameter : this.query) {
			url.append(separator).append(parameter);
			separator = '&';
		}
		try {
			URI uri = URI.create(url.toString());
			if (uri.getHost() == null || uri.getRawUserInfo() != null) {
				throw VendoHttp.invalid("The URL of a call needs a host and must not hold user info");
			}
			if (uri.getRawFragment() != null) {
				// It is never sent, nor would be a query behind it.
				throw VendoHttp
					.invalid("The path '%s' must not have a fragment; put '#' into a variable".formatted(shown()));
			}
			return uri;
		}
		catch (IllegalArgumentException ex) {
			// Without the cause, whose message repeats the URL with all that is in it.
			throw VendoHttp.invalid("The path '%s' has a character that a URL cannot hold; put values into variables, "
				.formatted(shown()) + "which are percent-encoded");
		}
	}

	private String expand() {
		if (this.path.indexOf('{') < 0) {
			requireVariables(0);
			return this.path;
		}
		StringBuilder expanded = new StringBuilder();
		int from = 0;
		int used = 0;
		int open;
		while ((open = this.path.indexOf('{', from)) >= 0) {
			int close = this.path.indexOf('}', open);
			if (close < 0 || used >= this.variables.size()) {
				requireVariables(used + 1);
				throw VendoHttp.invalid("The path '%s' has a brace that is not closed".formatted(shown()));
			}
			expanded.append(this.path, from, open).append(segment(this.variables.get(used++)));
			from = close + 1;
		}
		requireVariables(used);
		return expanded.append(this.path, from, this.path.length()).toString();
	}

	private void requireVariables(int wanted) {
		if (this.variables.size() != wanted) {
			throw VendoHttp.invalid("The path '%s' has not as many variables as there are values: %d".formatted(shown(),
					this.variables.size()));
		}
	}

	private static String segment(@Nullable Object value) {
		return PathSegments.encode((value != null) ? value.toString() : null, "path variable");
	}

	private static String encode(String text) {
		return UriUtils.encode(text, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return this.method + " " + template() + (StringUtils.hasText(this.slug) ? " (" + this.slug + ")" : "");
	}

}
