package run.vendo.http;

import java.util.Optional;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;

/**
 * The escape hatch: any endpoint of the platform, through the same authentication,
 * retries and error mapping as the typed calls.
 * <p>
 * A path begins with a slash and may hold variables in braces, which are percent-encoded:
 * {@code get("/api/tools/{slug}", "slack")}. An absolute URL is taken as well; the key
 * and the user's JWT go along only if its origin is one the client was configured with.
 *
 * @since 0.1.0
 * @see HttpApi
 */
public interface ReactiveHttpApi {

	/**
	 * Begin a call with any method.
	 * @param method the method
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	Request exchange(HttpMethod method, String path, Object... variables);

	/**
	 * Begin a {@code GET}.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	default Request get(String path, Object... variables) {
		return exchange(HttpMethod.GET, path, variables);
	}

	/**
	 * Begin a {@code POST}.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	default Request post(String path, Object... variables) {
		return exchange(HttpMethod.POST, path, variables);
	}

	/**
	 * Begin a {@code PUT}.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	default Request put(String path, Object... variables) {
		return exchange(HttpMethod.PUT, path, variables);
	}

	/**
	 * Begin a {@code PATCH}.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	default Request patch(String path, Object... variables) {
		return exchange(HttpMethod.PATCH, path, variables);
	}

	/**
	 * Begin a {@code DELETE}.
	 * @param path path or absolute URL, with variables in braces
	 * @param variables the values of the variables, in order
	 * @return the call
	 */
	default Request delete(String path, Object... variables) {
		return exchange(HttpMethod.DELETE, path, variables);
	}

	/**
	 * Walk a list part by part. A part is asked for when there is demand for it, one
	 * ahead at most.
	 * @param <T> what items are read as
	 * @param paging the list and how to walk it
	 * @param type what items are read as; {@code JsonNode} gives them as trees, anything
	 * else is read as the platform's own models are
	 * @return the parts that have items; fails with a {@link VendoException}
	 */
	default <T> Flux<Page<T>> pages(Paging paging, Class<T> type) {
		return PageWalk.pages(this, paging, type);
	}

	/**
	 * Walk the items of a list.
	 * @param <T> what items are read as
	 * @param path path or absolute URL of the list, with the usual names of parameters
	 * @param type what items are read as
	 * @return the items; fails with a {@link VendoException}
	 * @see #pages(Paging, Class)
	 */
	default <T> Flux<T> pages(String path, Class<T> type) {
		return pages(Paging.of(path), type).concatMapIterable(Page::items, 1);
	}

	/**
	 * Return what the API last said about its rate limit.
	 * @return the last limit seen, empty when none was seen yet
	 */
	Optional<RateLimit> rateLimit();

	/**
	 * Return what a host last said about its rate limit.
	 * @param host the name of the host, with a port where it is about that one alone
	 * @return the last limit seen, empty when none was seen yet
	 */
	Optional<RateLimit> rateLimit(String host);

	/**
	 * A call that is sent when somebody subscribes to one of its results; every
	 * subscription sends it anew.
	 * <p>
	 * Results fail with a {@link VendoException}: a {@link ValidationException} if path,
	 * variables or body cannot be sent.
	 */
	interface Request extends RequestSpec<Request> {

		/**
		 * Return the body of the answer. {@code byte[]} and {@code String} give it raw,
		 * {@code JsonNode} as a tree; everything else goes through the codecs of the
		 * {@code WebClient}.
		 * @param <T> the type to read
		 * @param type the type to read
		 * @return the body; an answer without one is an error, except for raw types
		 */
		<T> Mono<T> retrieve(Class<T> type);

		/**
		 * Return the body of the answer.
		 * @param <T> the type to read
		 * @param type the type to read
		 * @return the body; an answer without one is an error
		 * @see #retrieve(Class)
		 */
		<T> Mono<T> retrieve(ParameterizedTypeReference<T> type);

		/**
		 * Return status, headers and body of the answer.
		 * @param <T> the type to read
		 * @param type the type to read
		 * @return the answer
		 * @see #retrieve(Class)
		 */
		<T> Mono<ResponseEntity<T>> toEntity(Class<T> type);

		/**
		 * Return status, headers and body of the answer.
		 * @param <T> the type to read
		 * @param type the type to read
		 * @return the answer
		 * @see #retrieve(Class)
		 */
		<T> Mono<ResponseEntity<T>> toEntity(ParameterizedTypeReference<T> type);

		/**
		 * Return status and headers of the answer, whatever its body.
		 * @return the answer without its body
		 */
		Mono<ResponseEntity<Void>> toBodilessEntity();

	}

}
