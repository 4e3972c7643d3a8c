package run.vendo.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CopyOnWriteArrayList;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.token.VendoSession;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of sessions whose token is refused, whatever becomes of the rest of the refusal.
 */
class RefusedSessionTests extends AbstractTransportTests {

	private static final String REFUSAL = "HTTP/1.1 401 Unauthorized\r\nContent-Type: text/plain\r\nContent-Length: ";

	private static final String OLD_TOKEN = "xoxb-0ld-t0ken-of-slack";

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

	@Test
	void whenALibraryQuotesWhatItCannotReadThenThatIsNotLogged() {
		Logger logger = (Logger) LoggerFactory.getLogger("run.vendo");
		ListAppender<ILoggingEvent> log = new ListAppender<>();
		log.list = new CopyOnWriteArrayList<>();
		log.start();
		logger.setLevel(Level.TRACE);
		logger.addAppender(log);
		try {
			assertThatTokenIsReplaced(Stack.WEB_CLIENT, (exchange) -> exchange.send(REFUSAL + "0\r\n\r\n"),
					(settings) -> new QuotingConnector(this.connector.factory().create(settings)));
		}
		finally {
			logger.detachAppender(log);
			logger.setLevel(null);
		}
		assertThat(log.list).anyMatch((event) -> event.getFormattedMessage().startsWith("The rest of a refusal"))
			.allSatisfy((event) -> {
				assertThat(event.getFormattedMessage()).doesNotContain(OLD_TOKEN);
				assertThat(ThrowableProxyUtil.asString(event.getThrowableProxy())).doesNotContain(OLD_TOKEN);
			});
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
		assertThatTokenIsReplaced(stack, refusal, this.connector.factory());
	}

	private void assertThatTokenIsReplaced(Stack stack, RawServer.Script refusal, VendoConnectorFactory connectors) {
		answers(json(200, "{\"access_token\":\"%s\",\"expires_at\":null}".formatted(OLD_TOKEN)),
				json(200, "{\"access_token\":\"new\",\"expires_at\":null}"));
		RawServer provider = closing(RawServer.start((exchange) -> {
			if (exchange.header("Authorization").equals("Bearer " + OLD_TOKEN)) {
				refusal.serve(exchange);
			}
			else {
				exchange.sendJson("\"thanks\"");
			}
		}));
		VendoClient client = closing(builder().connectorFactory(connectors)
			.scheduler(Schedulers.parallel())
			.timeouts(HttpTimeouts.defaults().withConnect(Duration.ofSeconds(30)).withResponse(Duration.ofMinutes(5)))
			.build());
		assertThat(stack.get(client.session("slack"), URI.create(provider.url()))).isEqualTo("\"thanks\"");
		assertThat(provider.requests()).hasSize(2);
		assertThat(requests()).hasSize(2);
	}

	/**
	 * A library that cannot read the body of a refusal, and says what it has seen there.
	 *
	 * @param delegate makes the connections
	 */
	private record QuotingConnector(VendoConnector delegate) implements VendoConnector {

		@Override
		public ClientHttpConnector clientConnector() {
			ClientHttpConnector connector = this.delegate.clientConnector();
			return (method, uri, requestCallback) -> connector.connect(method, uri, requestCallback)
				.map((response) -> (response.getStatusCode().value() == 401) ? unreadable(response) : response);
		}

		private static ClientHttpResponse unreadable(ClientHttpResponse response) {
			return new ClientHttpResponseDecorator(response) {

				@Override
				public Flux<DataBuffer> getBody() {
					return super.getBody().doOnNext(DataBufferUtils::release)
						.thenMany(Flux.error(new IOException("Cannot be read: " + OLD_TOKEN)));
				}

			};
		}

		@Override
		public ClientHttpRequestFactory requestFactory(HttpTimeouts timeouts) {
			return this.delegate.requestFactory(timeouts);
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

}
