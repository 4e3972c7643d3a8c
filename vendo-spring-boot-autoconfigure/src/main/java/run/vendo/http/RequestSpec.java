package run.vendo.http;

import java.time.Duration;

import run.vendo.error.ValidationException;

import org.springframework.http.MediaType;

/**
 * What a call through the escape hatch sends.
 *
 * @param <S> the type of this spec
 * @since 0.1.0
 */
public interface RequestSpec<S extends RequestSpec<S>> {

	/**
	 * Add a query parameter; name and values are percent-encoded.
	 * @param name the name of the parameter
	 * @param values its values; none adds nothing
	 * @return this spec
	 */
	S query(String name, Object... values);

	/**
	 * Add a header. It wins over one of ours with the same name.
	 * @param name the name of the header
	 * @param values its values
	 * @return this spec
	 * @throws ValidationException if name or value has a character that a header cannot
	 * carry
	 */
	S header(String name, String... values);

	/**
	 * Set what the answer may be; JSON unless set.
	 * @param mediaTypes the acceptable types
	 * @return this spec
	 */
	S accept(MediaType... mediaTypes);

	/**
	 * Set what the body is; JSON unless set.
	 * @param mediaType the type of the body
	 * @return this spec
	 */
	S contentType(MediaType mediaType);

	/**
	 * Set the body. Bytes and strings are sent as they are, everything else through the
	 * codecs of the {@code WebClient}.
	 * @param body the body
	 * @return this spec
	 * @throws ValidationException if the body is a publisher or a future
	 */
	S body(Object body);

	/**
	 * Set what this call shows in place of the client's credential. A user's JWT still
	 * goes along where the client acts for a user.
	 * @param credential the credential
	 * @return this spec
	 */
	S credential(VendoCredential credential);

	/**
	 * Keep the answer of this call, or use one that is kept, where the client keeps
	 * answers at all; of no effect elsewhere, and for any method but {@code GET}.
	 * @param lifetime how long an answer is used; zero for this call to ask the platform
	 * and to keep nothing
	 * @return this spec
	 * @see ResponseCaching
	 */
	S cacheFor(Duration lifetime);

	/**
	 * Set how long the call may take with all its retries; also the limit of each
	 * attempt.
	 * @param timeout the deadline, positive
	 * @return this spec
	 */
	S timeout(Duration timeout);

	/**
	 * Set the key by which the platform tells a repeat from a new request. A random one
	 * is sent with every write unless set; the retries of one call always share theirs.
	 * @param key the key
	 * @return this spec
	 */
	S idempotencyKey(String key);

}
