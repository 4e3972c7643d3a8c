package run.vendo.autoconfigure.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import run.vendo.ReactiveVendoClient;
import run.vendo.connection.Connection;
import run.vendo.error.BalanceExhaustedException;
import run.vendo.error.ConflictException;
import run.vendo.error.ErrorCode;
import run.vendo.error.IdentityNotPresentException;
import run.vendo.error.NeedsReauthException;
import run.vendo.error.NotConnectedException;
import run.vendo.error.NotFoundException;
import run.vendo.error.RateLimitedException;
import run.vendo.error.ServerException;
import run.vendo.error.SpendCapExceededException;
import run.vendo.error.TransportException;
import run.vendo.error.UpstreamException;
import run.vendo.error.ValidationException;
import run.vendo.error.VendoException;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.http.VendoHttp;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.util.UriUtils;

/**
 * Makes answers of errors. The words are ours: whoever sent the request learns nothing of
 * what the platform said, except where a provider can be connected.
 */
final class VendoProblems {

	private static final Log logger = LogFactory.getLog(VendoProblems.class);

	/** An answer does not wait longer for its link. */
	private static final Duration PATIENCE = Duration.ofSeconds(2);

	/**
	 * Anybody may bring about an error, and must not spend what the platform allows the
	 * application with it.
	 */
	private static final Duration REMEMBERED = Duration.ofSeconds(30);

	private final Supplier<ReactiveVendoClient> application;

	private final boolean connectRedirect;

	private final Duration patience;

	private final Duration remembered;

	private final SingletonSupplier<Mono<List<Connection>>> connections = SingletonSupplier.of(this::connections);

	VendoProblems(Supplier<ReactiveVendoClient> application, boolean connectRedirect) {
		this(application, connectRedirect, PATIENCE, REMEMBERED);
	}

	VendoProblems(Supplier<ReactiveVendoClient> application, boolean connectRedirect, Duration patience,
			Duration remembered) {
		this.application = application;
		this.connectRedirect = connectRedirect;
		this.patience = patience;
		this.remembered = remembered;
	}

	private Mono<List<Connection>> connections() {
		return Mono.defer(() -> this.application.get().connections().list().collectList())
			.timeout(this.patience)
			.cache((connections) -> this.remembered, (failure) -> this.remembered, () -> this.remembered);
	}

	/**
	 * Return the answer for an error.
	 * @param failure the error
	 * @param user the user of the request
	 * @param contextPath the path of the application
	 */
	Mono<ResponseEntity<ProblemDetail>> answer(VendoException failure, RequestUser user, String contextPath) {
		Kind kind = Kind.of(failure);
		log(failure, kind);
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(kind.status, kind.detail(failure));
		problem.setTitle(kind.title);
		if (failure.code() != null && Known.CODES.contains(failure.code())) {
			problem.setProperty("code", failure.code().value());
		}
		if (failure.slug() != null && kind.isAboutConnection()) {
			problem.setProperty("slug", failure.slug());
		}
		HttpHeaders headers = new HttpHeaders();
		if (failure.retryAfter() != null && kind.status != HttpStatus.INTERNAL_SERVER_ERROR) {
			headers.set(HttpHeaders.RETRY_AFTER, String.valueOf(seconds(failure.retryAfter())));
		}
		return connectUrl(failure, kind, user, contextPath).map(Optional::of)
			.defaultIfEmpty(Optional.empty())
			.map((url) -> {
				url.ifPresent((value) -> problem.setProperty("connect_url", value));
				return new ResponseEntity<>(problem, headers, kind.status);
			});
	}

	private static void log(VendoException failure, Kind kind) {
		if (kind.status == HttpStatus.INTERNAL_SERVER_ERROR) {
			logger.error("A request failed, and it is not its sender's fault", failure);
		}
		else if (kind.status.is5xxServerError()) {
			logger.warn("A request failed: " + failure.getMessage());
		}
		else {
			logger.debug("A request was answered with %d: %s".formatted(kind.status.value(), failure.getMessage()));
		}
	}

	private static long seconds(Duration duration) {
		return duration.isNegative() ? 0 : duration.plusSeconds(1).minusNanos(1).toSeconds();
	}

	private Mono<String> connectUrl(VendoException failure, Kind kind, RequestUser user, String contextPath) {
		if (!kind.isAboutConnection()) {
			return Mono.empty();
		}
		String own = (failure.connectUrl() != null) ? safe(failure.connectUrl().toString()) : null;
		String slug = failure.slug();
		if (own != null || slug == null) {
			return Mono.justOrEmpty(own);
		}
		return setupUrl(slug, user).switchIfEmpty(Mono.defer(() -> redirect(slug, contextPath)));
	}

	private Mono<String> setupUrl(String slug, RequestUser user) {
		if (!this.application.get().isVendoMode()) {
			return Mono.empty();
		}
		return user.ready()
			.flatMap((ready) -> ready.headers().containsHeader(VendoHttp.USER_JWT_HEADER)
					? ready.reactiveClient().connections().get(slug).timeout(this.patience) : known(slug))
			.mapNotNull(Connection::setupUrl)
			.mapNotNull(VendoProblems::safe)
			.onErrorResume(Exception.class, (ex) -> {
				logger.debug("Where %s is connected could not be found out".formatted(slug), ex);
				return Mono.empty();
			});
	}

	private Mono<Connection> known(String slug) {
		return this.connections.obtain()
			.flatMapIterable(Function.identity())
			.filter((connection) -> slug.equals(connection.slug()))
			.next();
	}

	private Mono<String> redirect(String slug, String contextPath) {
		return (this.connectRedirect && this.application.get().isVendoMode())
				? Mono
					.just(contextPath + ConnectRedirect.PATH + UriUtils.encodePathSegment(slug, StandardCharsets.UTF_8))
				: Mono.empty();
	}

	/**
	 * Return a URL if it leads to a web page and holds no key.
	 */
	private static @Nullable String safe(String url) {
		try {
			URI uri = new URI(url);
			String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
			String decoded = UriUtils.decode(url, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
			boolean web = List.of("https", "http").contains(scheme) && uri.getHost() != null;
			return (web && uri.getRawUserInfo() == null && !decoded.contains("vendo_sk_")
					&& !decoded.contains("app_key=")) ? url : null;
		}
		catch (URISyntaxException | IllegalArgumentException ex) {
			return null;
		}
	}

	/**
	 * What somebody who sent a request can make of an error.
	 */
	private enum Kind {

		NOT_CONNECTED(HttpStatus.CONFLICT, "Not connected",
				"There is no working connection to %s. Connect it and try again."),

		NEEDS_REAUTH(HttpStatus.CONFLICT, "Consent needed",
				"The connection to %s needs consent again. Connect it again and try again."),

		PAYMENT(HttpStatus.PAYMENT_REQUIRED, "Balance exhausted", "The balance does not allow this. Top it up."),

		SPEND_CAP(HttpStatus.PAYMENT_REQUIRED, "Spend cap reached",
				"A spend cap does not allow this. Raise it, or wait until its time is over."),

		RATE_LIMITED(HttpStatus.TOO_MANY_REQUESTS, "Too many requests", "Too many requests. Try again later."),

		NOBODY(HttpStatus.UNAUTHORIZED, "Not signed in", "Sign in and try again."),

		VENDO_ONLY(HttpStatus.NOT_IMPLEMENTED, "Needs Vendo", "The application runs without Vendo, which this needs."),

		INVALID(HttpStatus.BAD_REQUEST, "Not valid", "The request is not valid."),

		NOT_FOUND(HttpStatus.NOT_FOUND, "Not found", "There is no such thing."),

		CONFLICT(HttpStatus.CONFLICT, "Conflict", "The request does not fit the present state."),

		TIMEOUT(HttpStatus.GATEWAY_TIMEOUT, "No answer in time", "A service behind this one did not answer in time."),

		UPSTREAM(HttpStatus.BAD_GATEWAY, "Not available", "A service behind this one failed. Try again later."),

		OURS(HttpStatus.INTERNAL_SERVER_ERROR, "Internal error",
				"The application could not do this. Its log says why.");

		private final HttpStatus status;

		private final String title;

		private final String detail;

		Kind(HttpStatus status, String title, String detail) {
			this.status = status;
			this.title = title;
			this.detail = detail;
		}

		boolean isAboutConnection() {
			return this == NOT_CONNECTED || this == NEEDS_REAUTH;
		}

		String detail(VendoException failure) {
			return this.detail.formatted((failure.slug() != null) ? failure.slug() : "the provider");
		}

		static Kind of(VendoException failure) {
			if (failure instanceof TransportException transport) {
				return (transport.reason() == TransportException.Reason.TIMEOUT) ? TIMEOUT : UPSTREAM;
			}
			if (failure instanceof UpstreamException || failure instanceof ServerException) {
				return Integer.valueOf(504).equals(failure.status()) ? TIMEOUT : UPSTREAM;
			}
			if (failure instanceof NotConnectedException) {
				return NOT_CONNECTED;
			}
			if (failure instanceof NeedsReauthException) {
				return NEEDS_REAUTH;
			}
			return (failure instanceof ConflictException) ? CONFLICT : other(failure);
		}

		private static Kind other(VendoException failure) {
			if (failure instanceof BalanceExhaustedException) {
				return PAYMENT;
			}
			if (failure instanceof SpendCapExceededException) {
				return SPEND_CAP;
			}
			if (failure instanceof RateLimitedException) {
				return RATE_LIMITED;
			}
			if (failure instanceof IdentityNotPresentException) {
				return NOBODY;
			}
			if (failure instanceof VendoOnlyFeatureException) {
				return VENDO_ONLY;
			}
			if (failure instanceof ValidationException) {
				return INVALID;
			}
			return (failure instanceof NotFoundException) ? NOT_FOUND : OURS;
		}

	}

	/**
	 * What may be told. Apart, for an application without errors does not need it.
	 */
	private static final class Known {

		static final Set<ErrorCode> CODES = Set.of(ErrorCode.BINDING_MISSING, ErrorCode.CONNECTION_REVOKED,
				ErrorCode.NOT_CONNECTED, ErrorCode.CONNECTION_NEEDS_REAUTH, ErrorCode.NEEDS_REAUTH,
				ErrorCode.BALANCE_EXHAUSTED, ErrorCode.INSUFFICIENT_CREDITS, ErrorCode.BILLING_NOT_SETUP,
				ErrorCode.SPEND_CAP_DAILY, ErrorCode.SPEND_CAP_MONTHLY, ErrorCode.SPEND_CAP_EXCEEDED,
				ErrorCode.UPSTREAM_RATE_LIMITED, ErrorCode.RATE_LIMITED, ErrorCode.RATE_LIMIT_SSE_STREAMS,
				ErrorCode.UPSTREAM_ERROR, ErrorCode.UPSTREAM, ErrorCode.COMPOSIO_ERROR, ErrorCode.INVALID_RESPONSE,
				ErrorCode.VALIDATION_FAILED, ErrorCode.VALIDATION, ErrorCode.IDEMPOTENCY_CONFLICT,
				ErrorCode.VENDO_ONLY_FEATURE, ErrorCode.IDENTITY_NOT_PRESENT);

	}

}
