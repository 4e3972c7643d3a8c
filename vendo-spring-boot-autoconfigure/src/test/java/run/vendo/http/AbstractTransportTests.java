package run.vendo.http;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import run.vendo.VendoClient;
import run.vendo.error.VendoException;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * What tests of the transport share: a platform that answers as told, clients that call
 * it over either connector, and time that passes when a test says so.
 */
@ParameterizedClass
@EnumSource(Connector.class)
@Timeout(60)
abstract class AbstractTransportTests {

	static final String KEY = "vendo_sk_0123456789abcdefABCDEF_-01234567";

	static final String JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1c2VyXzEifQ.c2lnbmF0dXJlLW9mLXVzZXI";

	static final Instant NOW = Instant.parse("2026-05-20T12:00:00Z");

	static final String BALANCE = "{\"credits_remaining_micros\":12500000,\"currency\":\"USD\",\"top_up_url\":\"https://vendo.run/top-up\"}";

	static final WireMockServer platform = startPlatform();

	@Parameter
	Connector connector;

	final TestScheduler scheduler = new TestScheduler(Duration.ofMinutes(1));

	private final List<AutoCloseable> closeables = new ArrayList<>();

	private static WireMockServer startPlatform() {
		WireMockServer server = new WireMockServer(WireMockConfiguration.options()
			.bindAddress("127.0.0.1")
			.dynamicPort()
			.dynamicHttpsPort()
			.gzipDisabled(true));
		server.start();
		return server;
	}

	@BeforeEach
	void forgetAnswers() {
		platform.resetAll();
	}

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable closeable : this.closeables) {
			closeable.close();
		}
	}

	final <T extends AutoCloseable> T closing(T closeable) {
		this.closeables.add(closeable);
		return closeable;
	}

	/**
	 * Return a client of the platform with a key, which waits for nothing.
	 */
	final VendoClient client() {
		return closing(builder().build());
	}

	/**
	 * Return a builder of a client whose retries take no real time. Its own timeouts end
	 * only when the scheduler is told that time has passed.
	 */
	final VendoClient.Builder builder() {
		return builder(platformUrl());
	}

	static String platformUrl() {
		return "http://127.0.0.1:" + platform.port();
	}

	final VendoClient.Builder builder(String url) {
		return VendoClient.builder()
			.apiKey(KEY)
			.baseUrl(url)
			.credentialsUrl(url)
			.dataProxyUrl(url)
			.environment((name) -> null)
			.connectorFactory(this.connector.factory())
			.clock(Clock.fixed(NOW, ZoneOffset.UTC))
			.random(() -> 0.5)
			.timeouts(HttpTimeouts.defaults().withConnect(Duration.ofSeconds(30)).withResponse(Duration.ofMinutes(5)))
			.scheduler(this.scheduler);
	}

	final VendoClient client(RawServer server) {
		return closing(builder(closing(server).url()).build());
	}

	/**
	 * Let the platform give these answers one after the other, whatever it is asked, and
	 * the last of them again and again.
	 */
	static void answers(ResponseDefinitionBuilder... answers) {
		platform.resetMappings();
		platform.resetScenarios();
		for (int i = 0; i < answers.length; i++) {
			String state = (i == 0) ? Scenario.STARTED : "answer " + i;
			String next = (i < answers.length - 1) ? "answer " + (i + 1) : state;
			platform.stubFor(any(anyUrl()).inScenario("answers")
				.whenScenarioStateIs(state)
				.willSetStateTo(next)
				.willReturn(answers[i]));
		}
	}

	static ResponseDefinitionBuilder status(int status) {
		return aResponse().withStatus(status);
	}

	static ResponseDefinitionBuilder json(int status, String body) {
		return aResponse().withStatus(status).withHeader("Content-Type", "application/json").withBody(body);
	}

	/**
	 * Return the requests that reached the platform, in order.
	 */
	static List<LoggedRequest> requests() {
		return platform.findAll(anyRequestedFor(anyUrl()));
	}

	static VendoException failureOf(Runnable call) {
		return catchThrowableOfType(VendoException.class, call::run);
	}

	static <T extends VendoException> T failureOf(Class<T> type, Runnable call) {
		return catchThrowableOfType(type, call::run);
	}

}
