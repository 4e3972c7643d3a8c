package run.vendo.http;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.token.VendoSession;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of sessions whose token is refused, whatever becomes of the rest of the refusal.
 */
class RefusedSessionTests extends AbstractTransportTests {

	private static final String REFUSAL = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: ";

	/**
	 * The two clients of a session.
	 */
	enum Stack {

		WEB_CLIENT {
			@Override
			String get(VendoSession session, URI uri) {
				return session.webClient().get().uri(uri).retrieve().bodyToMono(String.class).block();
			}
		},

		REST_CLIENT {
			@Override
			String get(VendoSession session, URI uri) {
				return session.restClient().get().uri(uri).retrieve().body(String.class);
			}
		};

		abstract String get(VendoSession session, URI uri);

	}

	@ParameterizedTest
	@EnumSource
	void whenItBreaksOff(Stack stack) {
		assertThatTokenIsReplaced(stack, (exchange) -> {
			exchange.send(REFUSAL + "100\r\n\r\nNo,");
			exchange.reset();
		});
	}

	@ParameterizedTest
	@EnumSource
	void whenItEndsTooEarly(Stack stack) {
		assertThatTokenIsReplaced(stack, (exchange) -> exchange.send(REFUSAL + "100\r\n\r\nNo,"));
	}

	@ParameterizedTest
	@EnumSource
	void whenItNeverEnds(Stack stack) {
		assertThatTokenIsReplaced(stack, (exchange) -> {
			exchange.send(REFUSAL + "100\r\n\r\nNo,");
			exchange.awaitClientGone();
		});
	}

	@ParameterizedTest
	@EnumSource
	void whenItDripsThenItsEndIsNotWaitedFor(Stack stack) {
		assertThatTokenIsReplaced(stack, (exchange) -> {
			exchange.send(REFUSAL + "60000\r\n\r\n");
			while (true) {
				// Fails once the client has gone.
				exchange.send("x").pause();
			}
		});
	}

	@ParameterizedTest
	@EnumSource
	void whenItIsEndlessThenItIsNotReadToTheEnd(Stack stack) {
		byte[] much = new byte[1024 * 1024];
		Arrays.fill(much, (byte) 'x');
		assertThatTokenIsReplaced(stack, (exchange) -> {
			exchange.send(REFUSAL + Long.MAX_VALUE + "\r\n\r\n");
			while (true) {
				// Fails once the client has gone.
				exchange.send(much);
			}
		});
	}

	private void assertThatTokenIsReplaced(Stack stack, RawServer.Script refusal) {
		answers(json(200, "{\"access_token\":\"old\",\"expires_at\":null}"),
				json(200, "{\"access_token\":\"new\",\"expires_at\":null}"));
		RawServer provider = closing(RawServer.start((exchange) -> {
			if (exchange.header("Authorization").equals("Bearer old")) {
				refusal.serve(exchange);
			}
			else {
				exchange.sendJson("\"thanks\"");
			}
		}));
		VendoClient client = closing(builder().scheduler(Schedulers.parallel())
			.timeouts(HttpTimeouts.defaults().withConnect(Duration.ofSeconds(30)).withResponse(Duration.ofMinutes(5)))
			.build());
		assertThat(stack.get(client.session("slack"), URI.create(provider.url()))).isEqualTo("\"thanks\"");
		assertThat(provider.requests()).hasSize(2);
		assertThat(requests()).hasSize(2);
	}

}
