package run.vendo.test;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.util.Assert;

/**
 * Something that goes wrong with the next requests, for
 * {@link VendoPlatform#failNext(PlatformFault)}.
 *
 * <pre class="code">
 * platform.failNext(PlatformFault.status(503).retryAfter(Duration.ofSeconds(1)).times(2));
 * platform.failNext(PlatformFault.status(200).body("text/html", "&lt;html&gt;").onPath("/api/billing/balance"));
 * platform.failNext(PlatformFault.reset());
 * </pre>
 *
 * Instances are immutable. A fault meets any request but {@code /healthz} and the connect
 * portal's, unless {@link #onPath(String)} names one, and it meets it once, unless
 * {@link #times(int)} says otherwise.
 *
 * @since 0.1.0
 */
public final class PlatformFault {

	private final Kind kind;

	private final Refusal refusal;

	private final Map<String, String> headers;

	private final byte @Nullable [] body;

	private final @Nullable Integer cutAfter;

	private final PathFilter path;

	private final int times;

	private PlatformFault(Kind kind, Refusal refusal, Map<String, String> headers, byte @Nullable [] body,
			@Nullable Integer cutAfter, PathFilter path, int times) {
		this.kind = kind;
		this.refusal = refusal;
		this.headers = headers;
		this.body = body;
		this.cutAfter = cutAfter;
		this.path = path;
		this.times = times;
	}

	private static PlatformFault of(Kind kind, int status, String message) {
		return new PlatformFault(kind, new Refusal(status, null, message), Map.of(), null, null, PathFilter.ALL, 1);
	}

	/**
	 * Return a fault that answers with a status. Without a body of its own, an error has
	 * the shape that the host asked gives its errors.
	 * @param status the status
	 * @return a new fault
	 */
	public static PlatformFault status(int status) {
		Assert.isTrue(status >= 200 && status <= 599, "'status' must be between 200 and 599");
		return of(Kind.ANSWER, status, "The simulator was told to answer " + status);
	}

	/**
	 * Return a fault that resets the connection before an answer. The request has no
	 * effect.
	 * @return a new fault
	 */
	public static PlatformFault reset() {
		return of(Kind.RESET, 500, "Reset");
	}

	/**
	 * Return a fault that resets the connection instead of answering, after the request
	 * has had its effect: what idempotency keys are for.
	 * @return a new fault
	 */
	public static PlatformFault loseAnswer() {
		return of(Kind.LOSE_ANSWER, 500, "Lost");
	}

	/**
	 * Return a fault that leaves the request without an answer for as long as its
	 * connection is open.
	 * @return a new fault
	 */
	public static PlatformFault hang() {
		return of(Kind.HANG, 500, "Hung");
	}

	/**
	 * Return a fault that answers with something that is not HTTP and closes the
	 * connection.
	 * @return a new fault
	 */
	public static PlatformFault notHttp() {
		return of(Kind.NOT_HTTP, 500, "Not HTTP");
	}

	/**
	 * Set the code of the error.
	 * @param code the code as it goes over the wire, for example {@code app_revoked}
	 * @return a new fault
	 */
	public PlatformFault code(String code) {
		return with(refused(code, this.refusal.message()));
	}

	/**
	 * Set what the error says.
	 * @param message the platform's words
	 * @return a new fault
	 */
	public PlatformFault message(String message) {
		return with(refused(this.refusal.code(), message));
	}

	/**
	 * Set the provider the error is about: {@code slug} at the API, {@code toolkit} at
	 * the data proxy.
	 * @param slug the provider
	 * @return a new fault
	 */
	public PlatformFault slug(String slug) {
		return with(this.refusal.about(slug));
	}

	/**
	 * Set how long the platform asks to wait, in the {@code Retry-After} header and, at
	 * the API, in the body.
	 * @param retryAfter the time to wait, in whole seconds; rounded up
	 * @return a new fault
	 */
	public PlatformFault retryAfter(Duration retryAfter) {
		return with(this.refusal.retryAfter(retryAfter));
	}

	/**
	 * Set what the platform suggests to do; sent by the API only.
	 * @param suggestedFix the platform's words
	 * @return a new fault
	 */
	public PlatformFault suggestedFix(String suggestedFix) {
		return with(this.refusal.wayOut(suggestedFix, this.refusal.connectUrl()));
	}

	/**
	 * Set where the provider can be connected; sent by the API only.
	 * @param connectUrl the URL
	 * @return a new fault
	 */
	public PlatformFault connectUrl(URI connectUrl) {
		return with(this.refusal.wayOut(this.refusal.suggestedFix(), connectUrl.toString()));
	}

	/**
	 * Set a header of the answer; it wins over one that would be there anyway.
	 * @param name the name of the header
	 * @param value its value
	 * @return a new fault
	 */
	public PlatformFault header(String name, String value) {
		Map<String, String> headers = new LinkedHashMap<>(this.headers);
		headers.put(name, value);
		return new PlatformFault(this.kind, this.refusal, headers, this.body, this.cutAfter, this.path, this.times);
	}

	/**
	 * Set the body of the answer.
	 * @param contentType what the body claims to be
	 * @param body the body, which may be empty or anything else
	 * @return a new fault
	 */
	public PlatformFault body(String contentType, String body) {
		PlatformFault fault = header(HttpHeaders.CONTENT_TYPE, contentType);
		return new PlatformFault(this.kind, this.refusal, fault.headers, body.getBytes(StandardCharsets.UTF_8),
				this.cutAfter, this.path, this.times);
	}

	/**
	 * Let the connection be closed in the middle of the body.
	 * @param bytes how much of the body is sent
	 * @return a new fault
	 */
	public PlatformFault cutAfter(int bytes) {
		Assert.isTrue(bytes >= 0, "'bytes' must not be negative");
		return new PlatformFault(this.kind, this.refusal, this.headers, this.body, bytes, this.path, this.times);
	}

	/**
	 * Let the fault meet requests to a path only.
	 * @param path the path, percent-encoded as in the request; with {@code *} at its end,
	 * every path that begins so
	 * @return a new fault
	 */
	public PlatformFault onPath(String path) {
		return new PlatformFault(this.kind, this.refusal, this.headers, this.body, this.cutAfter, PathFilter.of(path),
				this.times);
	}

	/**
	 * Let the fault meet several requests.
	 * @param times how many, at least 1
	 * @return a new fault
	 */
	public PlatformFault times(int times) {
		Assert.isTrue(times >= 1, "'times' must be at least 1");
		return new PlatformFault(this.kind, this.refusal, this.headers, this.body, this.cutAfter, this.path, times);
	}

	/**
	 * Let the fault meet every request, until {@link VendoPlatform#clearFaults()}.
	 * @return a new fault
	 */
	public PlatformFault always() {
		return times(Integer.MAX_VALUE);
	}

	private Refusal refused(@Nullable String code, String message) {
		return new Refusal(this.refusal.status(), code, message).about(this.refusal.slug())
			.retryAfter(this.refusal.retryAfter())
			.wayOut(this.refusal.suggestedFix(), this.refusal.connectUrl());
	}

	private PlatformFault with(Refusal refusal) {
		return new PlatformFault(this.kind, refusal, this.headers, this.body, this.cutAfter, this.path, this.times);
	}

	Kind kind() {
		return this.kind;
	}

	int times() {
		return this.times;
	}

	@Nullable Integer cutAfter() {
		return this.cutAfter;
	}

	boolean matches(Call call) {
		return this.path.meets(call);
	}

	Reply reply(Role role) {
		Reply reply = (this.body != null) ? new Reply(this.refusal.status(), Map.of(), this.body)
				: Reply.error(role, this.refusal);
		if (this.body != null && this.refusal.code() != null && role != Role.DATA_PROXY) {
			reply = reply.with(Reply.ERROR_CODE_HEADER, this.refusal.code());
		}
		if (this.body != null && this.refusal.retryAfter() != null) {
			reply = reply.with(HttpHeaders.RETRY_AFTER, String.valueOf(Reply.seconds(this.refusal.retryAfter())));
		}
		for (Map.Entry<String, String> header : this.headers.entrySet()) {
			reply = reply.with(header.getKey(), header.getValue());
		}
		return reply;
	}

	@Override
	public String toString() {
		return "PlatformFault[" + this.kind + ((this.kind == Kind.ANSWER) ? " " + this.refusal.status() : "") + ", "
				+ this.path + ", " + ((this.times == Integer.MAX_VALUE) ? "always" : this.times + " times") + "]";
	}

	/**
	 * How a request fails.
	 */
	enum Kind {

		/** With an answer. */
		ANSWER,

		/** With a reset, before anything happened. */
		RESET,

		/** With a reset, after everything happened. */
		LOSE_ANSWER,

		/** With silence. */
		HANG,

		/** With something that is not HTTP. */
		NOT_HTTP

	}

}
