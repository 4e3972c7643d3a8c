package run.vendo.test;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.function.Consumer;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.web.reactive.server.WebTestClientConfigurer;
import org.springframework.test.web.servlet.request.RequestPostProcessor;
import org.springframework.util.Assert;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

/**
 * Signs webhooks as the platform does. Immutable; every {@code with…} method returns
 * another signer. <pre>{@code
 * mvc.perform(post("/hooks").content(body).with(signer.mockMvc()));
 * client.mutateWith(signer.webTestClient()).post().uri("/hooks").bodyValue(body).exchange();
 * }</pre>
 *
 * @since 0.1.0
 */
public final class WebhookSigner {

	private static final String ALGORITHM = "HmacSHA256";

	private final byte[] secret;

	private final Clock clock;

	private final @Nullable String timestamp;

	private final @Nullable String eventId;

	private WebhookSigner(byte[] secret, Clock clock, @Nullable String timestamp, @Nullable String eventId) {
		this.secret = secret;
		this.clock = clock;
		this.timestamp = timestamp;
		this.eventId = eventId;
	}

	/**
	 * Return a signer that signs at the present.
	 * @param secret the secret of the webhooks, used whole
	 * @return a new signer
	 */
	public static WebhookSigner of(String secret) {
		Assert.hasText(secret, "'secret' must not be blank");
		return new WebhookSigner(secret.getBytes(StandardCharsets.UTF_8), Clock.systemUTC(), null, null);
	}

	/**
	 * Sign with another secret.
	 * @param secret the secret
	 * @return a new signer
	 */
	public WebhookSigner withSecret(String secret) {
		Assert.hasText(secret, "'secret' must not be blank");
		return new WebhookSigner(secret.getBytes(StandardCharsets.UTF_8), this.clock, this.timestamp, this.eventId);
	}

	/**
	 * Sign at the time of a clock.
	 * @param clock the clock
	 * @return a new signer
	 */
	public WebhookSigner withClock(Clock clock) {
		return new WebhookSigner(this.secret, clock, null, this.eventId);
	}

	/**
	 * Sign at one time.
	 * @param timestamp the time, of which whole seconds count
	 * @return a new signer
	 */
	public WebhookSigner withTimestamp(Instant timestamp) {
		return withTimestamp(Long.toString(timestamp.getEpochSecond()));
	}

	/**
	 * Sign with a timestamp that is sent as it is.
	 * @param timestamp the timestamp: unix seconds, RFC 3339, or something wrong
	 * @return a new signer
	 */
	public WebhookSigner withTimestamp(String timestamp) {
		return new WebhookSigner(this.secret, this.clock, timestamp, this.eventId);
	}

	/**
	 * Send an id of the event.
	 * @param eventId the id, or {@code null} for none
	 * @return a new signer
	 */
	public WebhookSigner withEventId(@Nullable String eventId) {
		return new WebhookSigner(this.secret, this.clock, this.timestamp, eventId);
	}

	/**
	 * Sign a body.
	 * @param body the body, sent as UTF-8
	 * @return the headers to send along
	 */
	public HttpHeaders sign(String body) {
		return sign(body.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Sign a body.
	 * @param body the body, byte by byte as it is sent
	 * @return the headers to send along
	 */
	public HttpHeaders sign(byte[] body) {
		String time = (this.timestamp != null) ? this.timestamp : Long.toString(this.clock.instant().getEpochSecond());
		HttpHeaders headers = new HttpHeaders();
		headers.set("Vendo-Timestamp", time);
		headers.set("Vendo-Signature", HexFormat.of().formatHex(mac(time, body)));
		if (this.eventId != null) {
			headers.set("Vendo-Event-Id", this.eventId);
		}
		return headers;
	}

	/**
	 * Sign a body for a client that takes headers this way, as {@code WebTestClient},
	 * {@code WebClient} and {@code RestClient} do.
	 * @param body the body, sent as UTF-8
	 * @return what adds the headers to a request
	 */
	public Consumer<HttpHeaders> headers(String body) {
		HttpHeaders signed = sign(body);
		return (headers) -> headers.putAll(signed);
	}

	/**
	 * Sign what a request of {@code MockMvc} holds.
	 * @return what adds the headers to a request
	 */
	public RequestPostProcessor mockMvc() {
		return new MockMvcSigning(this);
	}

	/**
	 * Sign whatever the requests of a {@code WebTestClient} hold, as it is written.
	 * @return what makes the client sign
	 */
	public WebTestClientConfigurer webTestClient() {
		return (builder, httpHandlerBuilder, connector) -> builder.filter(filter());
	}

	/**
	 * Sign whatever the requests of a {@code WebClient} hold, as it is written.
	 * @return what makes a client sign
	 */
	public ExchangeFilterFunction filter() {
		return (request, next) -> MockExchange.write(request).flatMap((written) -> {
			ClientRequest signed = ClientRequest.from(request).headers((headers) -> {
				headers.putAll(written.headers());
				headers.putAll(sign(written.body()));
			}).body(BodyInserters.fromValue(written.body())).build();
			return next.exchange(signed);
		});
	}

	private byte[] mac(String time, byte[] body) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(this.secret, ALGORITHM));
			// As the platform reads it: without the white space around it.
			mac.update(time.strip().getBytes(StandardCharsets.UTF_8));
			mac.update((byte) '.');
			return mac.doFinal(body);
		}
		catch (NoSuchAlgorithmException | InvalidKeyException ex) {
			throw new IllegalStateException("Every Java platform has " + ALGORITHM, ex);
		}
	}

	/**
	 * Apart from the signer, which has to load where there is no servlet API.
	 *
	 * @param signer the signer
	 */
	private record MockMvcSigning(WebhookSigner signer) implements RequestPostProcessor {

		@Override
		public MockHttpServletRequest postProcessRequest(MockHttpServletRequest request) {
			byte[] body = request.getContentAsByteArray();
			this.signer.sign((body != null) ? body : new byte[0]).forEach((name, values) -> {
				request.removeHeader(name);
				values.forEach((value) -> request.addHeader(name, value));
			});
			return request;
		}

	}

}
