package run.vendo.http;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

import run.vendo.error.ErrorCode;
import run.vendo.error.ErrorDetails;
import run.vendo.error.TransportException;
import run.vendo.error.VendoException;

import org.springframework.core.codec.CodecException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.support.PropertiesLoaderUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.UnsupportedMediaTypeException;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.util.UriUtils;

/**
 * The one exchange path. Every call of every API goes through
 * {@link #exchange(ApiCall, AnswerReader)}: authentication, retries, deadlines, bounds
 * and error mapping are here and nowhere else.
 * <p>
 * An instance acts for one identity, the application itself or one user, and is
 * immutable; {@link #forUser(String)} gives another on the same connections.
 *
 * @since 0.1.0
 */
public final class VendoHttp {

	/** The header that carries the user a call is made for. */
	public static final String USER_JWT_HEADER = "X-Vendo-User-JWT";

	private static final Log logger = LogFactory.getLog(VendoHttp.class);

	private static final String URI_TEMPLATE_ATTRIBUTE = WebClient.class.getName() + ".uriTemplate";

	private static final int ERROR_BODY_READ = 64 * 1024;

	// How long the stream waits for the body of an answer that is no stream.
	private static final Duration REFUSAL_READ = Duration.ofSeconds(5);

	private static final int MAX_REDIRECTS = 5;

	// As good as for ever, and far from where counting in nanoseconds ends.
	private static final Duration LONGEST_WAIT = Duration.ofDays(365);

	// HTTP libraries count it in milliseconds, as an int.
	private static final Duration LONGEST_CONNECT = Duration.ofMillis(Integer.MAX_VALUE);

	// The token of RFC 9110.
	private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

	private static final Set<HttpMethod> WRITES = Set.of(HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH,
			HttpMethod.DELETE);

	private final HttpConfig config;

	private final Transport transport;

	private final ClientInstrumentation instrumentation;

	private final RetryBudget budget;

	private final Deadlines deadlines;

	private final ErrorMapper errors;

	private final @Nullable String userJwt;

	// Of another exchange path, which it is closed with.
	private final boolean view;

	// The key may change while the client works.
	private volatile Identity identity;

	private final Closing closing;

	private final SharedCalls<String, Object> sharedCalls;

	private final @Nullable CallLimiter limiter;

	private final @Nullable AnswerCache answers;

	private VendoHttp(HttpConfig config, Transport transport, ClientInstrumentation instrumentation, RetryBudget budget,
			Deadlines deadlines, @Nullable String userJwt, boolean view, Closing closing,
			SharedCalls<String, Object> sharedCalls, @Nullable CallLimiter limiter, @Nullable AnswerCache answers) {
		this.config = config;
		this.transport = transport;
		this.instrumentation = instrumentation;
		this.budget = budget;
		this.deadlines = deadlines;
		this.errors = errorMapper(config, config.credential(), userJwt);
		this.userJwt = userJwt;
		this.view = view;
		this.identity = new Identity(config, (config.apiKey() != null) ? config.apiKey().get() : "", userJwt);
		this.closing = closing;
		this.sharedCalls = sharedCalls;
		this.limiter = limiter;
		this.answers = answers;
	}

	/**
	 * Return the version of this library.
	 * @return the version, as in the {@code User-Agent}
	 */
	public static String version() {
		return UserAgent.VERSION;
	}

	/**
	 * Create an exchange path with connections of its own. Nothing is opened before the
	 * first call.
	 * @param config where to send calls, in whose name and how patiently
	 * @param connectorFactory makes the connections
	 * @param pool how connections are kept
	 * @param webClientBuilder gives the builder that calls are made with; it is copied
	 * @param instrumentation who watches; the builder knows where requests are observed,
	 * but for those of blocking clients for other hosts
	 * @return a new exchange path for the application's own identity
	 */
	public static VendoHttp create(HttpConfig config, VendoConnectorFactory connectorFactory, ConnectionPool pool,
			Supplier<WebClient.Builder> webClientBuilder, ClientInstrumentation instrumentation) {
		Transport transport = new Transport(connectorFactory, min(config.timeouts().connect(), LONGEST_CONNECT), pool,
				webClientBuilder, config.maxBodySize(), instrumentation);
		return create(config, transport, instrumentation.account());
	}

	/**
	 * Return an exchange path with another configuration on the same connections.
	 * @param config where to send calls, in whose name and how patiently
	 * @param account the account that calls are observed and counted under
	 * @return a new exchange path for the application's own identity, to be closed by
	 * itself
	 * @throws VendoException if this exchange path is closed
	 */
	public VendoHttp with(HttpConfig config, String account) {
		requireOpen();
		this.transport.share();
		return create(config, this.transport, account);
	}

	private static VendoHttp create(HttpConfig config, Transport transport, String account) {
		Scheduler scheduler = config.scheduler();
		RetryBudget budget = Transport.budget(config.retry(), scheduler);
		ClientInstrumentation instrumentation = transport.instrumentation().forAccount(account);
		instrumentation.recorder().retryBudget(budget);
		return new VendoHttp(config, transport, instrumentation, budget,
				new Deadlines(scheduler, min(config.timeouts().response(), LONGEST_WAIT)), null, false, new Closing(),
				new SharedCalls<>(), config.rateLimiting() ? transport.limiter(config.baseUrl(), scheduler) : null,
				(config.responseCaching() != null)
						? new AnswerCache(config.responseCaching(), config.clock(), scheduler) : null);
	}

	/**
	 * Return an exchange path that acts for a user. It shares everything else with this
	 * one and is closed with it.
	 * @param jwt the user's JWT
	 * @return a new exchange path
	 * @throws run.vendo.error.ValidationException if the JWT is blank or no header can
	 * carry it
	 */
	public VendoHttp forUser(@Nullable String jwt) {
		if (jwt == null || jwt.isBlank()) {
			throw invalid("A user JWT must not be blank");
		}
		requireHeader(USER_JWT_HEADER, jwt.strip());
		return new VendoHttp(this.config, this.transport, this.instrumentation, this.budget, this.deadlines,
				jwt.strip(), true, this.closing, this.sharedCalls, this.limiter, this.answers);
	}

	/**
	 * Return an exchange path that shows another credential. It shares everything else
	 * with this one and is closed with it.
	 * @param credential what calls go with
	 * @return a new exchange path, for no user
	 */
	public VendoHttp as(VendoCredential credential) {
		return new VendoHttp(this.config.with(credential), this.transport, this.instrumentation, this.budget,
				this.deadlines, null, true, this.closing, this.sharedCalls, this.limiter, this.answers);
	}

	/**
	 * Begin a call.
	 * @param api the API it belongs to, for example {@code billing}
	 * @param operation the operation, for example {@code balance}
	 * @return the call
	 */
	public ApiCall call(String api, String operation) {
		return new ApiCall(this, api, operation);
	}

	/**
	 * Let reads that are made at the same moment in the same name share one request.
	 * @param <T> what they answer
	 * @param operation what tells them apart, for example {@code connections.list}
	 * @param read makes the read
	 * @return the answer; nothing is kept once it is there
	 */
	@SuppressWarnings("unchecked")
	public <T> Mono<T> share(String operation, Supplier<Mono<T>> read) {
		return (Mono<T>) this.sharedCalls.share(currentIdentity() + operation, () -> (Mono<Object>) read.get());
	}

	/**
	 * Return the escape hatch over this exchange path.
	 * @return the reactive escape hatch
	 */
	public ReactiveHttpApi api() {
		return new DefaultReactiveHttpApi(this);
	}

	/**
	 * Return what this exchange path was told.
	 * @return the configuration
	 */
	public HttpConfig config() {
		return this.config;
	}

	/**
	 * Return whether there is an API key.
	 * @return whether calls go to the platform in the name of an application
	 */
	public boolean isVendoMode() {
		return this.config.apiKey() != null;
	}

	/**
	 * Return who calls are made for, as a hash of key, user and credentials worker. No
	 * secret can be told from it. It follows a key that changes with the next request.
	 * @return the same text for the same identity
	 * @see #currentIdentity()
	 */
	public String identity() {
		return this.identity.hash();
	}

	/**
	 * Return who the next call is made for: as {@link #identity()}, but the key is asked
	 * for anew.
	 * @return the same text for the same identity
	 */
	public String currentIdentity() {
		Supplier<String> apiKey = this.config.apiKey();
		try {
			return (apiKey != null) ? identityWith(apiKey.get()) : identity();
		}
		catch (RuntimeException ex) {
			// The call itself will say that there is no key at present.
			return identity();
		}
	}

	private String identityWith(String key) {
		Identity identity = this.identity;
		if (!key.equals(identity.key())) {
			identity = new Identity(this.config, key, this.userJwt);
			this.identity = identity;
		}
		return identity.hash();
	}

	/**
	 * Return whether calls are made for a user.
	 * @return whether a user's JWT goes along
	 */
	public boolean isForUser() {
		return this.userJwt != null;
	}

	/**
	 * Return what counts.
	 * @return the recorder
	 */
	public ClientRecorder recorder() {
		return this.instrumentation.recorder();
	}

	/**
	 * Return whether balance and caps that are read are those of the account that calls
	 * are counted under. What is there for a user may be somebody else's, and so is what
	 * is there for a credential that nobody has named.
	 * @return whether to tell the {@linkplain #recorder() recorder} of them
	 */
	public boolean countsBilling() {
		return !isForUser() && !this.instrumentation.account().equals(ClientRecorder.OTHER_ACCOUNT);
	}

	/**
	 * Raise an error in OSS mode.
	 * @param feature what was asked for, for example {@code connectUrl}
	 * @throws run.vendo.error.VendoOnlyFeatureException if there is no API key
	 */
	public void requireVendoMode(String feature) {
		if (!isVendoMode()) {
			throw ErrorDetails.of(ErrorCode.VENDO_ONLY_FEATURE)
				.summary("%s needs the Vendo platform, and there is no API key".formatted(feature))
				.toException();
		}
	}

	/**
	 * Return a builder of clients for hosts that are not Vendo's, on the same
	 * connections. Nothing of ours goes along.
	 * @return a new builder
	 */
	public WebClient.Builder webClient() {
		requireOpen();
		return this.transport.webClient().mutate();
	}

	/**
	 * Return a builder of clients for blocking code and hosts that are not Vendo's, on
	 * the same connections. Nothing of ours goes along.
	 * @return a new builder
	 */
	public RestClient.Builder restClient() {
		requireOpen();
		return this.transport.restClient(this.config.timeouts());
	}

	/**
	 * Return whether {@link #close()} was called.
	 * @return whether further calls fail
	 */
	public boolean isClosed() {
		return this.closing.isClosed();
	}

	/**
	 * Close the connections once nobody shares them any more. Further calls fail, and
	 * answers that are still being streamed end. Does nothing the second time, nor on an
	 * exchange path that is closed with another one.
	 */
	public void close() {
		if (!this.view && this.closing.close()) {
			this.transport.release();
			if (this.answers != null) {
				this.answers.close();
			}
		}
	}

	Optional<RateLimit> rateLimit(@Nullable String host) {
		return (host != null) ? this.transport.rateLimit(host) : this.transport.rateLimit(this.config.baseUrl());
	}

	/**
	 * Send a call and read its answer, as often as the retry policy allows.
	 * @param <T> what the answer is read as
	 * @param call the call
	 * @param reader reads a 2xx answer
	 * @return the answer, or a {@link VendoException}; never empty
	 */
	<T> Mono<T> exchange(ApiCall call, AnswerReader<T> reader) {
		return Mono.deferContextual((context) -> {
			requireMode(call);
			requireOpen();
			Exchange<T> exchange = new Exchange<>(call, reader);
			exchange.endpoint = requireCredential(call, exchange.uri);
			return exchange.start(context);
		}).contextWrite(DroppedErrors::quiet);
	}

	/**
	 * Send a call once and hand its answer over while it arrives.
	 * @param <T> what the answer is read as
	 * @param call the call
	 * @param type what the answer has to be
	 * @param timeout how long it may take until the answer begins
	 * @param reader reads the answer
	 * @return what was read, or a {@link VendoException}; empty when there is no content,
	 * and ended when this exchange path is closed
	 */
	<T> Flux<T> stream(ApiCall call, MediaType type, Duration timeout, Function<Flux<DataBuffer>, Flux<T>> reader) {
		return Flux.deferContextual((context) -> {
			requireMode(call);
			requireOpen();
			StreamedExchange<T> exchange = new StreamedExchange<>(call, type, timeout, reader);
			requireCredential(call, exchange.uri);
			return exchange.stream(context);
		}).contextWrite(DroppedErrors::quiet);
	}

	/**
	 * Raise an error when this exchange path is closed.
	 */
	public void requireOpen() {
		if (this.closing.isClosed()) {
			throw closedException();
		}
	}

	static VendoException closedException() {
		return ErrorDetails.builder()
			.summary("This client is closed")
			.nextStep("Build another one; in Spring, do not call after the application context has closed.")
			.toException();
	}

	private void requireMode(ApiCall call) {
		// Another credential than none may be one that works.
		if (call.vendoOnlyFeature() != null && this.config.credentialType() == VendoCredential.Type.NONE) {
			requireVendoMode(call.vendoOnlyFeature());
		}
	}

	/**
	 * Raise an error when calls of an endpoint would be refused.
	 * @param endpoint the endpoint
	 * @throws run.vendo.error.AuthException if it cannot be called with what calls go
	 * with
	 */
	public void requireCredential(VendoEndpoint endpoint) {
		VendoCredential.Type type = this.config.credentialType();
		if (!endpoint.allows(type)) {
			throw endpoint.refusal(type);
		}
	}

	/**
	 * Refuse a call that the platform would refuse for the kind of its credential.
	 */
	private @Nullable VendoEndpoint requireCredential(ApiCall call, URI uri) {
		VendoEndpoint endpoint = endpoint(call, uri);
		VendoCredential own = call.credential();
		VendoCredential.Type type = (own != null) ? own.type() : this.config.credentialType();
		if (endpoint != null) {
			if (!endpoint.allows(type) && !bringsItsOwn(call)) {
				throw endpoint.refusal(type);
			}
			return endpoint;
		}
		if (call.vendoOnlyFeature() != null) {
			requireVendoMode(call.vendoOnlyFeature());
		}
		if (call.base() == null && isOfApi(uri)) {
			VendoException refusal = VendoEndpoint.refusalOfFamily(call.method(), apiPath(uri), type);
			if (refusal != null && !bringsItsOwn(call)) {
				throw refusal;
			}
		}
		return null;
	}

	// What somebody writes into the headers themselves cannot be told.
	private static boolean bringsItsOwn(ApiCall call) {
		return call.headers().containsHeader(HttpHeaders.AUTHORIZATION)
				|| call.headers().containsHeader(HttpHeaders.COOKIE);
	}

	private @Nullable VendoEndpoint endpoint(ApiCall call, URI uri) {
		if (call.base() != null) {
			return null;
		}
		if (call.path().startsWith("/")) {
			return VendoEndpoint.lookUp(call.method(), call.template(),
					uri.getRawPath().substring(basePath().length()));
		}
		String path = apiPath(uri);
		return isOfApi(uri) ? VendoEndpoint.lookUp(call.method(), path, path) : null;
	}

	/**
	 * Return the path of a URL as the API knows it, not decoded: without what the base
	 * URL has of one.
	 */
	private String apiPath(URI uri) {
		String path = Objects.requireNonNullElse(uri.getRawPath(), "");
		return isOfApi(uri) ? path.substring(basePath().length()) : path;
	}

	private boolean isOfApi(URI uri) {
		String base = basePath();
		return Origin.same(uri, this.config.baseUrl())
				&& (base.isEmpty() || String.valueOf(uri.getRawPath()).startsWith(base + "/"));
	}

	private String basePath() {
		return Objects.requireNonNullElse(this.config.baseUrl().getRawPath(), "");
	}

	/**
	 * Return whether an answer may hold credentials, in whatever way its URL is written.
	 */
	private boolean holdsCredentials(URI uri) {
		String path = UriUtils.decode(apiPath(uri), StandardCharsets.UTF_8).replaceAll(";[^/]*", "");
		String plain = StringUtils.cleanPath(path).replaceAll("/{2,}", "/");
		boolean api = isOfApi(uri) && plain.startsWith("/api/");
		return (!api && Origin.same(uri, this.config.credentialsUrl()))
				|| VendoEndpoint.lookUp(HttpMethod.GET, plain, plain) == VendoEndpoint.CONNECTIONS;
	}

	private static ErrorMapper errorMapper(HttpConfig config, @Nullable VendoCredential credential,
			@Nullable String userJwt) {
		List<String> secrets = new ArrayList<>();
		if (userJwt != null) {
			secrets.add(userJwt);
		}
		if (credential != null) {
			secrets.addAll(credential.secrets());
		}
		return new ErrorMapper(config.clock(), secrets);
	}

	private boolean isTrusted(URI uri) {
		return Origin.same(uri, this.config.baseUrl()) || Origin.same(uri, this.config.credentialsUrl())
				|| Origin.same(uri, this.config.dataProxyUrl());
	}

	static VendoException invalid(String what) {
		return ErrorDetails.of(ErrorCode.VALIDATION_FAILED).summary(what).toException();
	}

	static void requireHeaderName(@Nullable String name) {
		if (name == null || !HEADER_NAME.matcher(name).matches()) {
			throw invalid("The name of a header must be letters, digits and any of !#$%&'*+-.^_`|~");
		}
	}

	static void requireHeader(String name, String value) {
		for (int i = 0; i < value.length(); i++) {
			char character = value.charAt(i);
			if ((character < ' ' && character != '\t') || character == 0x7f || character > 0xff) {
				throw invalid("The header %s has a character that no header can carry"
					.formatted(name.chars().allMatch((c) -> c > ' ' && c < 0x7f) ? name : "name"));
			}
		}
	}

	/**
	 * Reads a 2xx answer.
	 *
	 * @param <T> what it is read as
	 */
	@FunctionalInterface
	interface AnswerReader<T> {

		Mono<T> read(Answer answer);

	}

	/**
	 * One call with all its attempts.
	 */
	private class Exchange<T> {

		final ApiCall call;

		private final AnswerReader<T> reader;

		final URI uri;

		final ErrorMapper errors;

		private final @Nullable String idempotencyKey;

		private final long deadline;

		private final Duration attemptTimeout;

		@Nullable VendoEndpoint endpoint;

		private volatile int attempts;

		private volatile @Nullable HttpStatusCode status;

		private volatile @Nullable HttpHeaders answerHeaders;

		private AnswerCache.@Nullable Place place;

		private volatile AnswerCache.@Nullable Received received;

		Exchange(ApiCall call, AnswerReader<T> reader) {
			this.call = call;
			this.reader = reader;
			this.uri = call.uri(VendoHttp.this.config.baseUrl());
			this.errors = (call.credential() != null)
					? errorMapper(VendoHttp.this.config, call.credential(), VendoHttp.this.userJwt)
					: VendoHttp.this.errors;
			boolean write = WRITES.contains(call.method());
			String key = call.idempotencyKey();
			this.idempotencyKey = (key == null && write) ? UUID.randomUUID().toString() : key;
			Duration timeout = (call.timeout() != null) ? call.timeout() : VendoHttp.this.config.timeouts().call();
			this.deadline = (timeout != null) ? now() + min(timeout, LONGEST_WAIT).toNanos() : Long.MAX_VALUE;
			this.attemptTimeout = min(LONGEST_WAIT,
					(call.timeout() != null) ? call.timeout() : VendoHttp.this.config.timeouts().response());
		}

		Mono<T> start(ContextView context) {
			CallObservation observation = CallObservation.start(VendoHttp.this.instrumentation, this.call, context);
			AnswerCache answers = VendoHttp.this.answers;
			Mono<T> answer = (answers != null) ? cached(answers) : inTurn(1, null);
			if (observation == null) {
				return answer;
			}
			return answer.doOnSuccess((value) -> observation.succeeded(this.attempts, status(), requestId()))
				.doOnError((failure) -> observation.failed(failure, this.attempts))
				.doOnCancel(() -> observation.cancelled(this.attempts))
				.contextWrite(observation::within);
		}

		void answered(HttpStatusCode status, HttpHeaders headers) {
			this.status = status;
			this.answerHeaders = headers;
		}

		@Nullable Integer status() {
			HttpStatusCode status = this.status;
			return (status != null) ? status.value() : null;
		}

		@Nullable String requestId() {
			HttpHeaders headers = this.answerHeaders;
			return (headers != null) ? VendoHttp.this.errors.requestId(headers) : null;
		}

		/**
		 * Answer with what is kept where that will do, and keep what comes.
		 */
		Mono<T> cached(AnswerCache answers) {
			if (WRITES.contains(this.call.method())) {
				// Also after a failure: the platform may have done it all the same.
				Mono<Void> written = Mono.defer(() -> answers.written(this.uri, writtenPaths(), patience()));
				return Mono.usingWhen(Mono.just(this), (exchange) -> exchange.inTurn(1, null), (exchange) -> written,
						(exchange, failure) -> written, (exchange) -> written);
			}
			String path = UriUtils.decode(apiPath(this.uri), StandardCharsets.UTF_8);
			Duration lifetime = mayBeKept() ? answers.lifetime(this.call.cacheFor(), path) : null;
			if (lifetime == null) {
				return inTurn(1, null);
			}
			return answers.find(caller(), this.uri, apiPath(this.uri), patience())
				.map(Optional::of)
				.defaultIfEmpty(Optional.empty())
				.flatMap((found) -> found.map((place) -> cached(answers, place, lifetime))
					.orElseGet(() -> inTurn(1, null)));
		}

		private List<String> writtenPaths() {
			List<String> paths = new ArrayList<>();
			paths.add(apiPath(this.uri));
			if (this.endpoint != null) {
				paths.addAll(this.endpoint.alsoChanges());
			}
			return paths;
		}

		private Mono<T> cached(AnswerCache answers, AnswerCache.Place place, Duration lifetime) {
			AnswerCache.Entry entry = place.entry();
			if (entry != null && answers.isFresh(entry)) {
				return readKept(entry);
			}
			this.place = place;
			// Not a part of the attempt: what is here is here, however long it takes to
			// keep.
			return inTurn(1, null).flatMap((value) -> {
				AnswerCache.Received received = this.received;
				return (received == null) ? Mono.just(value)
						: answers.keep(place, received, this.call.headers(), lifetime, patience()).thenReturn(value);
			});
		}

		// The cache gets no more than half of the time that is left, so that some is left
		// for the call.
		private Duration patience() {
			return (this.deadline == Long.MAX_VALUE) ? AnswerCache.PATIENCE
					: min(AnswerCache.PATIENCE, Duration.ofNanos(Math.max(0, (this.deadline - now()) / 2)));
		}

		private boolean mayBeKept() {
			return HttpMethod.GET.equals(this.call.method()) && !this.call.isSecretAnswer() && isTrusted(this.uri)
					&& this.endpoint != VendoEndpoint.CONNECTIONS && !holdsCredentials(this.uri);
		}

		private List<String> caller() {
			List<String> caller = new ArrayList<>();
			caller.add(currentIdentity());
			caller.add(VendoHttp.this.config.apiVersion());
			VendoCredential credential = this.call.credential();
			caller.add((credential != null) ? credential.type() + credential.value() : "");
			this.call.headers().forEach((name, values) -> {
				caller.add(name.toLowerCase(Locale.ROOT));
				caller.add(String.valueOf(values.size()));
				caller.addAll(values);
			});
			return caller;
		}

		private Mono<T> readKept(AnswerCache.Entry entry) {
			HttpStatusCode status = HttpStatusCode.valueOf(entry.status());
			Supplier<ErrorDetails.Builder> details = () -> details().status(status.value());
			ExchangeStrategies strategies = VendoHttp.this.transport.unbounded(ExchangeStrategies.withDefaults());
			return this.reader
				.read(new Answer(this.call, status, entry.headers(), entry.body(), strategies, this.errors, details))
				.onErrorMap(AttemptFailure.class, (failure) -> failure.toException(1));
		}

		/**
		 * Make an attempt when its turn has come.
		 * @param before what became of the attempt before, or {@code null} for the first
		 */
		Mono<T> inTurn(int attempt, @Nullable AttemptFailure before) {
			if (before != null && isClosed()) {
				return Mono.error(before.toException(attempt - 1));
			}
			CallLimiter limiter = VendoHttp.this.limiter;
			if (limiter == null || this.endpoint == null) {
				return attempt(attempt);
			}
			Duration longestWait = min(VendoHttp.this.config.retry().maxRetryAfter(), LONGEST_WAIT);
			if (this.deadline != Long.MAX_VALUE) {
				// A turn that comes when the time is up is of no use.
				longestWait = min(longestWait, Duration.ofNanos(Math.max(0, this.deadline - now() - 1)));
			}
			Mono<Void> turn = limiter.acquire(this.endpoint, longestWait)
				.then(Mono.fromRunnable(VendoHttp.this::requireOpen));
			// What the platform said tells more than that there is no turn to ask again.
			return ((before != null) ? turn.onErrorMap((refusal) -> before.toException(attempt - 1)) : turn)
				.then(Mono.defer(() -> attempt(attempt)));
		}

		Mono<T> attempt(int attempt) {
			this.attempts = attempt;
			this.status = null;
			this.answerHeaders = null;
			long started = now();
			Duration timeout = (this.deadline != Long.MAX_VALUE)
					? min(this.attemptTimeout, Duration.ofNanos(Math.max(1, this.deadline - started)))
					: this.attemptTimeout;
			AtomicReference<@Nullable AttemptFailure> answered = new AtomicReference<>();
			Mono<T> late = Mono.error(() -> Objects.requireNonNullElseGet(answered.get(), TimeoutException::new));
			Mono<?> end = timeout.equals(VendoHttp.this.config.timeouts().response()) ? VendoHttp.this.deadlines.next()
					: Mono.delay(timeout, VendoHttp.this.config.scheduler());
			return send(this.uri, 0, answered).timeout(end, late).doOnNext((answer) -> {
				VendoHttp.this.budget.succeeded();
				logAnswer("answered", attempt, started);
				report(null, attempt, started);
			}).onErrorResume((failure) -> {
				AttemptFailure known = failureOf(failure, timeout);
				log(known, attempt, started);
				report(known, attempt, started);
				Duration delay = delayBeforeNext(known, attempt);
				if (delay == null) {
					return Mono.error(known.toException(attempt));
				}
				recorder().retried(CallNames.api(this.call), reasonOf(known.details()));
				return Mono.delay(delay, VendoHttp.this.config.scheduler())
					.then(Mono.defer(() -> inTurn(attempt + 1, known)));
			});
		}

		private Mono<T> send(URI target, int redirects, AtomicReference<@Nullable AttemptFailure> answered) {
			return request(VendoHttp.this.transport.webClient(), target)
				.exchangeToMono((response) -> receive(response, target, redirects, answered));
		}

		WebClient.RequestHeadersSpec<?> request(WebClient webClient, URI target) {
			WebClient.RequestBodySpec request = webClient.method(this.call.method())
				.uri(target)
				.headers((headers) -> writeHeaders(headers, target));
			String template = this.call.observedTemplate();
			if (template != null) {
				request.attribute(URI_TEMPLATE_ATTRIBUTE, template);
			}
			Object body = this.call.body();
			return (body != null) ? request.bodyValue(body) : request;
		}

		private void writeHeaders(HttpHeaders headers, URI target) {
			headers.set(HttpHeaders.ACCEPT, MediaType.APPLICATION_JSON_VALUE);
			headers.set(HttpHeaders.USER_AGENT, UserAgent.VALUE);
			if (this.call.body() != null) {
				headers.setContentType(MediaType.APPLICATION_JSON);
			}
			if (this.idempotencyKey != null) {
				headers.set("Idempotency-Key", this.idempotencyKey);
			}
			if (isTrusted(target)) {
				headers.set("Vendo-API-Version", VendoHttp.this.config.apiVersion());
				VendoCredential credential = (this.call.credential() != null) ? this.call.credential()
						: VendoHttp.this.config.credential();
				if (credential != null) {
					// A session is the API's alone.
					if (credential.type() != VendoCredential.Type.SESSION_COOKIE
							|| Origin.same(target, VendoHttp.this.config.baseUrl())) {
						credential.writeTo(headers);
					}
				}
				else if (VendoHttp.this.config.apiKey() != null) {
					String key = VendoHttp.this.config.apiKey().get();
					// Whoever is identified by the key before is somebody else now.
					identityWith(key);
					headers.setBearerAuth(key);
				}
				if (VendoHttp.this.userJwt != null) {
					headers.set(USER_JWT_HEADER, VendoHttp.this.userJwt);
				}
			}
			if (!this.call.headers().isEmpty()) {
				headers.putAll(this.call.headers());
			}
			AnswerCache.Entry kept = kept();
			if (kept != null) {
				copy(kept.headers(), HttpHeaders.ETAG, headers, HttpHeaders.IF_NONE_MATCH);
				copy(kept.headers(), HttpHeaders.LAST_MODIFIED, headers, HttpHeaders.IF_MODIFIED_SINCE);
			}
		}

		private AnswerCache.@Nullable Entry kept() {
			AnswerCache.Place place = this.place;
			return (place != null) ? place.entry() : null;
		}

		private static void copy(HttpHeaders from, String name, HttpHeaders to, String as) {
			String value = from.getFirst(name);
			if (value != null) {
				to.set(as, value);
			}
		}

		private Mono<T> receive(ClientResponse response, URI target, int redirects,
				AtomicReference<@Nullable AttemptFailure> answered) {
			HttpHeaders headers = response.headers().asHttpHeaders();
			HttpStatusCode status = response.statusCode();
			answered(status, headers);
			boolean redirected = status.is3xxRedirection() && headers.getFirst(HttpHeaders.LOCATION) != null;
			if (!status.is2xxSuccessful() && !redirected) {
				// The status is known; if the body is late or broken, it is all there is.
				answered.set(errorAnswer(status, headers, new byte[0]));
			}
			VendoHttp.this.transport.sawRateLimit(target, headers, VendoHttp.this.config.clock());
			if (status.is2xxSuccessful()) {
				return receiveBody(response, headers, status);
			}
			if (status.value() == 304) {
				AnswerCache.Entry kept = kept();
				if (kept != null) {
					this.received = new AnswerCache.Received(304, headers, null);
					return response.releaseBody().then(Mono.defer(() -> readKept(kept)));
				}
			}
			if (redirected) {
				URI to = resolve(target, headers.getFirst(HttpHeaders.LOCATION));
				return redirect(response, target, to, redirects)
					.then(Mono.defer(() -> send(Objects.requireNonNull(to), redirects + 1, answered)));
			}
			return beginningOf(response, Mono.never())
				.flatMap((bytes) -> Mono.error(errorAnswer(status, headers, bytes)));
		}

		Mono<byte[]> beginningOf(ClientResponse response, Publisher<?> end) {
			// What came before a body broke may say more than the status does.
			Flux<DataBuffer> body = response.body(BodyExtractors.toDataBuffers()).takeUntilOther(end).onErrorComplete();
			return DataBufferUtils.join(DataBufferUtils.takeUntilByteCount(body, ERROR_BODY_READ))
				.map(VendoHttp::bytes)
				.defaultIfEmpty(new byte[0]);
		}

		private Mono<T> receiveBody(ClientResponse response, HttpHeaders headers, HttpStatusCode status) {
			// Masking the URL costs more than most of the call: only when it is needed.
			Supplier<ErrorDetails.Builder> details = () -> details().status(status.value())
				.requestId(this.errors.requestId(headers));
			int limit = VendoHttp.this.config.maxBodySize();
			// Not through a codec, which needs a content type that can be read.
			return DataBufferUtils.join(response.body(BodyExtractors.toDataBuffers()), limit)
				.map(VendoHttp::bytes)
				.defaultIfEmpty(new byte[0])
				.onErrorMap((ex) -> brokenBody(ex, details.get(), limit))
				.flatMap((bytes) -> {
					Mono<T> read = this.reader.read(new Answer(this.call, status, headers, bytes,
							VendoHttp.this.transport.unbounded(response.strategies()), this.errors, details));
					// What cannot be read is not kept.
					return (this.place == null) ? read : read
						.doOnNext((value) -> this.received = new AnswerCache.Received(status.value(), headers, bytes));
				});
		}

		private AttemptFailure brokenBody(Throwable failure, ErrorDetails.Builder details, int limit) {
			details.code(ErrorCode.INVALID_RESPONSE);
			if (failure instanceof DataBufferLimitException) {
				return new AttemptFailure(details.summary("The answer is larger than %,d bytes".formatted(limit))
					.nextStep("Ask for less, or raise vendo.http.max-body-size.")
					.build(), false, failure);
			}
			Throwable cause = unwrap(failure);
			TransportException.Reason reason = TransportFailures.reason(failure);
			if (reason == TransportException.Reason.PROTOCOL) {
				return new AttemptFailure(details.summary("The answer has a body that cannot be decoded").build(), true,
						TransportFailures.withoutQuotes(reason, cause));
			}
			return new AttemptFailure(
					details.summary("The answer breaks off: the connection was closed in the middle").build(), true,
					cause);
		}

		AttemptFailure errorAnswer(HttpStatusCode status, HttpHeaders headers, byte[] body) {
			if (status.is1xxInformational()) {
				return new AttemptFailure(details().code(ErrorCode.INVALID_RESPONSE)
					.status(status.value())
					.summary("The answer was announced with status %d, and what came after it is not read"
						.formatted(status.value()))
					.nextStep("Try again; a proxy on the way may be sending early hints.")
					.build(), true, null);
			}
			ErrorDetails.Builder read = this.errors.read(status.value(), headers, body, this.call.slug());
			ErrorDetails details = this.call.errorDetails().apply(read.requestSummary(requestSummary()).build());
			boolean spendCap = details.code() != null && details.code().isSpendCap();
			boolean repeatable = switch (status.value()) {
				case 429 -> !spendCap;
				case 500, 502, 503, 504 -> true;
				default -> false;
			};
			return new AttemptFailure(details, repeatable, null);
		}

		/**
		 * Leave an answer that leads elsewhere.
		 * @return empty when it is to be followed, else an error
		 */
		Mono<Void> redirect(ClientResponse response, URI from, @Nullable URI to, int redirects) {
			int status = response.statusCode().value();
			boolean read = !WRITES.contains(this.call.method());
			boolean keepsMethod = status == 307 || status == 308 || (read && status >= 301 && status <= 303);
			if (to != null && Origin.same(from, to) && keepsMethod && redirects < MAX_REDIRECTS) {
				return response.releaseBody();
			}
			ErrorDetails details = details().status(status)
				.requestId(this.errors.requestId(response.headers().asHttpHeaders()))
				.summary((redirects < MAX_REDIRECTS)
						? "The call was redirected to %s, where it is not followed".formatted(shown(to))
						: "The call was redirected more than %d times".formatted(MAX_REDIRECTS))
				.nextStep(
						"Set vendo.base-url, vendo.credentials-url or vendo.data-proxy-url to the address that answers: "
								+ "a key is never carried to another host.")
				.build();
			return response.releaseBody().then(Mono.error(() -> new AttemptFailure(details, false, null)));
		}

		AttemptFailure failureOf(Throwable failure, Duration timeout) {
			if (failure instanceof AttemptFailure known) {
				return known;
			}
			if (failure instanceof VendoException raised) {
				return new AttemptFailure(raised.details(), false, raised.getCause());
			}
			Throwable cause = unwrap(failure);
			if (cause instanceof CodecException || cause instanceof UnsupportedMediaTypeException) {
				return new AttemptFailure(details().code(ErrorCode.VALIDATION_FAILED)
					.summary("The body cannot be written as it was given")
					.build(), false, cause);
			}
			TransportException.Reason reason = TransportFailures.reason(failure);
			if (reason == null) {
				return new AttemptFailure(
						details().summary("The call failed before an answer came: " + cause.getClass().getName())
							.build(),
						false, cause);
			}
			boolean own = cause instanceof TimeoutException && reason == TransportException.Reason.TIMEOUT;
			return new AttemptFailure(
					details().code(ErrorCode.UPSTREAM_ERROR)
						.transportReason(reason)
						.summary(summaryOf(reason, timeout))
						.build(),
					reason != TransportException.Reason.OVERLOAD,
					own ? null : TransportFailures.withoutQuotes(reason, cause));
		}

		private String summaryOf(TransportException.Reason reason, Duration timeout) {
			String host = this.uri.getHost() + ((this.uri.getPort() >= 0) ? ":" + this.uri.getPort() : "");
			return switch (reason) {
				case DNS -> "The host %s has no known address".formatted(host);
				case CONNECT -> "No connection to %s".formatted(host);
				case TLS -> "No secure connection to %s".formatted(host);
				case TIMEOUT -> "No answer from %s within %d ms".formatted(host, timeout.toMillis());
				case RESET -> "%s closed the connection before it answered".formatted(host);
				case PROTOCOL -> "%s does not answer as an HTTP server does".formatted(host);
				case OVERLOAD -> "Too many calls wait for a connection to %s".formatted(host);
				case INTERRUPTED -> "The wait for %s was interrupted".formatted(host);
			};
		}

		private @Nullable Duration delayBeforeNext(AttemptFailure failure, int attempt) {
			RetryPolicy retry = VendoHttp.this.config.retry();
			if (!failure.isRepeatable() || attempt >= retry.maxAttempts()) {
				return null;
			}
			Duration asked = failure.details().retryAfter();
			if (asked != null && asked.compareTo(retry.maxRetryAfter()) > 0) {
				return null;
			}
			Duration delay = min(LONGEST_WAIT, (asked != null && !asked.isZero()) ? asked
					: retry.delayAfter(attempt, VendoHttp.this.config.random().getAsDouble()));
			boolean tooLate = this.deadline != Long.MAX_VALUE && now() + delay.toNanos() >= this.deadline;
			if (tooLate || VendoHttp.this.budget.tryRetry()) {
				return tooLate ? null : delay;
			}
			recorder().retryDenied(CallNames.api(this.call));
			return null;
		}

		private static String reasonOf(ErrorDetails details) {
			TransportException.Reason reason = details.transportReason();
			if (reason != null) {
				return reason.name().toLowerCase(Locale.ROOT);
			}
			Integer status = details.status();
			return (status != null && status >= 400) ? String.valueOf(status) : "invalid-answer";
		}

		ErrorDetails.Builder details() {
			return ErrorDetails.builder().slug(this.call.slug()).requestSummary(requestSummary());
		}

		private String requestSummary() {
			return this.call.method() + " " + Redaction.mask(this.uri);
		}

		void report(@Nullable AttemptFailure failure, int attempt, long started) {
			ExchangeListener listener = VendoHttp.this.config.exchangeListener();
			if (listener == null) {
				return;
			}
			ErrorDetails error = (failure != null) ? withoutSecrets(failure.details()) : null;
			Integer status = (error != null && error.status() != null) ? error.status() : status();
			try {
				listener.onExchange(new ExchangeReport(this.call.api(), this.call.operation(), requestSummary(),
						attempt, Duration.ofNanos(Math.max(0, now() - started)), status, error));
			}
			catch (Throwable ex) {
				// An assertion that fails is the listener's failure too, not the call's.
				Exceptions.throwIfJvmFatal(ex);
				logger.warn("An exchange listener failed", ex);
			}
		}

		// The exception's URL is for the user's browser; a listener is for logs.
		private static ErrorDetails withoutSecrets(ErrorDetails details) {
			URI connectUrl = details.connectUrl();
			return (connectUrl == null) ? details
					: details.mutate().connectUrl(URI.create(Redaction.mask(connectUrl))).build();
		}

		long now() {
			return VendoHttp.this.config.scheduler().now(TimeUnit.NANOSECONDS);
		}

		void logAnswer(String what, int attempt, long started) {
			if (logger.isDebugEnabled()) {
				String id = requestId();
				log(what + " " + status() + ((id != null) ? ", request id " + id : ""), attempt, started);
			}
		}

		void log(AttemptFailure failure, int attempt, long started) {
			if (logger.isDebugEnabled()) {
				ErrorDetails details = failure.details();
				Object outcome = (details.status() != null) ? details.status() : details.transportReason();
				String id = (details.requestId() != null) ? ", request id " + details.requestId() : "";
				log("failed with " + outcome + ((details.code() != null) ? " " + details.code() : "") + id, attempt,
						started);
			}
		}

		void log(String outcome, int attempt, long started) {
			if (logger.isDebugEnabled()) {
				logger.debug("%s %s after %d ms, attempt %d".formatted(requestSummary(), outcome,
						TimeUnit.NANOSECONDS.toMillis(now() - started), attempt));
			}
		}

	}

	/**
	 * One call whose answer is handed over while it arrives: one attempt, and no bound
	 * for its length.
	 */
	private final class StreamedExchange<T> extends Exchange<T> {

		private final MediaType type;

		private final Duration timeout;

		private final Function<Flux<DataBuffer>, Flux<T>> streamReader;

		private final Sinks.Empty<Void> begun = Sinks.empty();

		private @Nullable CallObservation observation;

		private volatile boolean reported;

		StreamedExchange(ApiCall call, MediaType type, Duration timeout, Function<Flux<DataBuffer>, Flux<T>> reader) {
			super(call, (answer) -> Mono.empty());
			this.type = type;
			this.timeout = timeout;
			this.streamReader = reader;
		}

		Flux<T> stream(ContextView context) {
			CallObservation observation = CallObservation.start(VendoHttp.this.instrumentation, this.call, context);
			if (observation == null) {
				return attempt();
			}
			// It ends when the answer begins: a stream may last for days.
			this.observation = observation;
			return attempt().doOnComplete(() -> observation.succeeded(1, status(), requestId()))
				.doOnError((failure) -> observation.failed(failure, 1))
				.doOnCancel(() -> observation.cancelled(1))
				.contextWrite(observation::within);
		}

		private Flux<T> attempt() {
			long started = now();
			Mono<T> tooLate = Mono.delay(this.timeout, VendoHttp.this.config.scheduler())
				.takeUntilOther(this.begun.asMono())
				.flatMap((tick) -> Mono.<T>error(new TimeoutException()));
			Mono<T> end = Flux.concat(tooLate, Mono.<T>never())
				.takeUntilOther(VendoHttp.this.closing.signal())
				.singleOrEmpty();
			return Flux.defer(() -> stream(this.uri, 0, started)).takeUntilOther(end).onErrorMap((failure) -> {
				AttemptFailure known = failureOf(failure, this.timeout);
				log(known, 1, started);
				if (!this.reported) {
					report(known, 1, started);
				}
				return known.toException(1);
			});
		}

		private Flux<T> stream(URI target, int redirects, long started) {
			return request(VendoHttp.this.transport.streamClient(), target)
				.exchangeToFlux((response) -> receive(response, target, redirects, started));
		}

		private Flux<T> receive(ClientResponse response, URI target, int redirects, long started) {
			HttpHeaders headers = response.headers().asHttpHeaders();
			HttpStatusCode status = response.statusCode();
			answered(status, headers);
			VendoHttp.this.transport.sawRateLimit(target, headers, VendoHttp.this.config.clock());
			if (status.value() == 204) {
				logAnswer("answered", 1, started);
				reportOnce(started);
				return response.releaseBody().thenMany(Flux.empty());
			}
			if (status.is3xxRedirection() && headers.getFirst(HttpHeaders.LOCATION) != null) {
				URI to = resolve(target, headers.getFirst(HttpHeaders.LOCATION));
				return redirect(response, target, to, redirects)
					.thenMany(Flux.defer(() -> stream(Objects.requireNonNull(to), redirects + 1, started)));
			}
			if (!status.is2xxSuccessful()) {
				return refuse(response, (body) -> errorAnswer(status, headers, body));
			}
			if (status.value() != 200 || !hasType(headers)) {
				return refuse(response, (body) -> otherAnswer(status, headers, body));
			}
			this.begun.tryEmitEmpty();
			logAnswer("began to answer", 1, started);
			if (this.observation != null) {
				this.observation.succeeded(1, status(), requestId());
			}
			reportOnce(started);
			return this.streamReader.apply(response.body(BodyExtractors.toDataBuffers()).onErrorMap(this::broken));
		}

		private Flux<T> refuse(ClientResponse response, Function<byte[], AttemptFailure> failure) {
			// The status is known; of a late or broken body, what has come counts.
			this.begun.tryEmitEmpty();
			Mono<Long> late = Mono.delay(min(this.timeout, REFUSAL_READ), VendoHttp.this.config.scheduler());
			return beginningOf(response, late).flatMapMany((body) -> Flux.error(failure.apply(body)));
		}

		private void reportOnce(long started) {
			this.reported = true;
			report(null, 1, started);
		}

		private VendoException broken(Throwable failure) {
			AttemptFailure known = failureOf(failure, this.timeout);
			ErrorDetails.Builder details = known.details().mutate().attempts(1);
			TransportException.Reason reason = known.details().transportReason();
			// Once an answer has begun, whatever else goes wrong with it is its end.
			if (reason == TransportException.Reason.RESET
					|| (reason == null && unwrap(failure) instanceof IOException)) {
				details.code(ErrorCode.UPSTREAM_ERROR).transportReason(TransportException.Reason.RESET);
				details.summary("%s closed the connection in the middle of its answer".formatted(this.uri.getHost()));
			}
			return details.build().toException(known.getCause());
		}

		// Not through MediaType, which does not read a charset that Java does not know.
		private boolean hasType(HttpHeaders headers) {
			String value = headers.getFirst(HttpHeaders.CONTENT_TYPE);
			if (value == null) {
				return false;
			}
			int parameters = value.indexOf(';');
			String essence = (parameters >= 0) ? value.substring(0, parameters) : value;
			return essence.strip().equalsIgnoreCase(this.type.toString());
		}

		private AttemptFailure otherAnswer(HttpStatusCode status, HttpHeaders headers, byte[] body) {
			String came = headers.getFirst(HttpHeaders.CONTENT_TYPE);
			return new AttemptFailure(details().code(ErrorCode.INVALID_RESPONSE)
				.status(status.value())
				.requestId(this.errors.requestId(headers))
				.summary("The answer is %s and not %s"
					.formatted((came != null) ? Redaction.mask(came) : "without a content type", this.type))
				.responseBody(this.call.isSecretAnswer() ? null : this.errors.keptBody(body))
				.build(), true, null);
		}

	}

	/**
	 * Who calls are made for, and the key that says so: both change at once.
	 */
	private static final class Identity {

		private final HttpConfig config;

		// The API key, or an empty text.
		private final String key;

		private final @Nullable String userJwt;

		// Made when first asked for. Whoever comes first makes the same as everybody, and
		// a text can be handed on without further ado.
		private @Nullable String hash;

		Identity(HttpConfig config, String key, @Nullable String userJwt) {
			this.config = config;
			this.key = key;
			this.userJwt = userJwt;
		}

		String key() {
			return this.key;
		}

		/**
		 * Return a hash of all that makes the identity.
		 */
		String hash() {
			String hash = this.hash;
			if (hash == null) {
				VendoCredential other = this.config.credential();
				hash = new TextDigest().add(this.config.credentialsUrl().toString())
					.add(this.key)
					.add(Objects.requireNonNullElse(this.userJwt, ""))
					.add((other != null) ? other.type() + other.value() : "")
					.end();
				this.hash = hash;
			}
			return hash;
		}

	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static Throwable unwrap(Throwable failure) {
		return (failure instanceof WebClientException && failure.getCause() != null) ? failure.getCause() : failure;
	}

	private static @Nullable URI resolve(URI from, @Nullable String location) {
		try {
			return (location != null) ? from.resolve(location) : null;
		}
		catch (IllegalArgumentException ex) {
			// A location that is no URL leads nowhere.
			return null;
		}
	}

	private static String shown(@Nullable URI uri) {
		return (uri != null) ? Redaction.mask(uri) : "something that is no URL";
	}

	private static Duration min(Duration one, Duration other) {
		return (one.compareTo(other) <= 0) ? one : other;
	}

	/**
	 * Scheme, host and port: what decides whether a secret may go along.
	 */
	private static final class Origin {

		static boolean same(URI one, URI other) {
			return one.getHost() != null && one.getHost().equalsIgnoreCase(other.getHost())
					&& String.valueOf(one.getScheme()).equalsIgnoreCase(String.valueOf(other.getScheme()))
					&& port(one) == port(other);
		}

		private static int port(URI uri) {
			if (uri.getPort() != -1) {
				return uri.getPort();
			}
			return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
		}

	}

	/**
	 * What the calls say of themselves. Found out by the first of them.
	 */
	private static final class UserAgent {

		static final String VERSION = read();

		static final String VALUE = "vendo-spring-boot/" + VERSION + " (Java/" + Runtime.version().feature() + ")";

		private static String read() {
			try {
				Properties properties = PropertiesLoaderUtils
					.loadProperties(new ClassPathResource("version.properties", VendoHttp.class));
				return properties.getProperty("version", "unknown");
			}
			catch (java.io.IOException ex) {
				throw new IllegalStateException("run/vendo/http/version.properties is missing from the jar", ex);
			}
		}

	}

}
