package run.vendo.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLSession;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.invocation.InvocationOnMock;
import reactor.core.Disposable;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.withSettings;

/**
 * Tests for {@link JdkStreamConnector}. That it works on a network is shown where streams
 * are tested.
 */
@Timeout(240)
class JdkStreamConnectorTests {

	private static final int ROUNDS = 8000;

	@Test
	void whenTheReaderLeavesAsTheAnswerComesThenNoConnectionIsLeftOpen() throws Exception {
		AtomicReference<CompletableFuture<Object>> asked = new AtomicReference<>();
		JdkStreamConnector connector = new JdkStreamConnector(
				mock(HttpClient.class, withSettings().stubOnly().defaultAnswer((call) -> {
					isSendAsync(call);
					return asked.updateAndGet((former) -> new CompletableFuture<>());
				})));
		CyclicBarrier both = new CyclicBarrier(2);
		int answered = 0;
		ExecutorService server = Executors.newSingleThreadExecutor();
		try {
			for (int round = 0; round < ROUNDS; round++) {
				Disposable reader = connector
					.connect(HttpMethod.GET, URI.create("http://127.0.0.1/"), (request) -> request.setComplete())
					.flatMapMany(ClientHttpResponse::getBody)
					.subscribe();
				Answer answer = new Answer();
				Future<Boolean> sent = server.submit(() -> {
					meet(both);
					return asked.get().complete(answer);
				});
				meet(both);
				for (int spin = round % 100; spin > 0; spin--) {
					Thread.onSpinWait();
				}
				reader.dispose();
				if (sent.get()) {
					answered++;
					assertThat(answer.closed).as("round %d", round).isTrue();
				}
			}
		}
		finally {
			server.shutdownNow();
		}
		assertThat(answered).as("answers that came first, so that somebody had to close them").isPositive();
	}

	private static void isSendAsync(InvocationOnMock call) {
		assertThat(call.getMethod().getName()).isEqualTo("sendAsync");
	}

	private static void meet(CyclicBarrier both) throws InterruptedException, BrokenBarrierException {
		both.await();
	}

	private static final class Answer implements HttpResponse<Flow.Publisher<List<ByteBuffer>>> {

		private final AtomicBoolean closed = new AtomicBoolean();

		@Override
		public Flow.Publisher<List<ByteBuffer>> body() {
			return (subscriber) -> subscriber.onSubscribe(new Flow.Subscription() {

				@Override
				public void request(long n) {
				}

				@Override
				public void cancel() {
					Answer.this.closed.set(true);
				}

			});
		}

		@Override
		public int statusCode() {
			return 200;
		}

		@Override
		public HttpRequest request() {
			throw new UnsupportedOperationException();
		}

		@Override
		public Optional<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> previousResponse() {
			return Optional.empty();
		}

		@Override
		public HttpHeaders headers() {
			return HttpHeaders.of(Map.of(), (name, value) -> true);
		}

		@Override
		public Optional<SSLSession> sslSession() {
			return Optional.empty();
		}

		@Override
		public URI uri() {
			return URI.create("http://127.0.0.1/");
		}

		@Override
		public HttpClient.Version version() {
			return HttpClient.Version.HTTP_1_1;
		}

	}

}
