package run.vendo.http;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;

import brave.Tracing;
import brave.baggage.BaggageField;
import brave.baggage.BaggagePropagation;
import brave.baggage.BaggagePropagationConfig;
import brave.handler.SpanHandler;
import brave.propagation.B3Propagation;
import brave.propagation.Propagation;
import brave.propagation.StrictCurrentTraceContext;
import brave.propagation.TraceContext;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.brave.bridge.BraveBaggageManager;
import io.micrometer.tracing.brave.bridge.BraveCurrentTraceContext;
import io.micrometer.tracing.brave.bridge.BravePropagator;
import io.micrometer.tracing.brave.bridge.BraveTracer;
import io.micrometer.tracing.brave.bridge.W3CPropagation;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.handler.PropagatingSenderTracingObservationHandler;
import io.micrometer.tracing.handler.TracingObservationHandler;
import io.micrometer.tracing.propagation.Propagator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;

import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that traces stay with the application, with a tracer that sends whatever it can:
 * W3C and B3 headers and baggage of the application's own.
 */
class TraceHeadersTests extends AbstractTransportTests {

	private static final Set<String> TRACE_HEADERS = Set.of("traceparent", "tracestate", "b3", "x-b3-traceid",
			"x-b3-spanid", "x-b3-sampled", "x-b3-parentspanid", "baggage", "x-account");

	private final BaggageField account = BaggageField.create("x-account");

	private final StrictCurrentTraceContext current = StrictCurrentTraceContext.create();

	private final ObservationRegistry registry = ObservationRegistry.create();

	private Tracing tracing;

	@BeforeEach
	void trace() {
		this.tracing = Tracing.newBuilder()
			.addSpanHandler(SpanHandler.NOOP)
			.currentTraceContext(this.current)
			.propagationFactory(BaggagePropagation.newFactoryBuilder(new BothFormats())
				.add(BaggagePropagationConfig.SingleBaggageField.remote(this.account))
				.build())
			.build();
		Tracer tracer = new BraveTracer(this.tracing.tracer(), new BraveCurrentTraceContext(this.current),
				new BraveBaggageManager());
		Propagator propagator = new BravePropagator(this.tracing);
		this.registry.observationConfig()
			.observationHandler(new PropagatingSenderTracingObservationHandler<>(tracer, propagator))
			.observationHandler(new DefaultTracingObservationHandler(tracer));
		answers(json(200, "{\"access_token\":\"t\",\"expires_at\":null}"));
	}

	@AfterEach
	void stopTracing() {
		this.tracing.close();
		this.current.close();
	}

	private VendoClient client(boolean propagate) {
		VendoClient.Builder builder = builder().observationRegistry(this.registry);
		return closing((propagate ? builder.propagateTraces(true) : builder).build());
	}

	private void callEverything(VendoClient client) {
		Observation.createNotStarted("request", this.registry).observe(() -> {
			this.account.updateValue("acme");
			client.token("slack");
			client.http().post("/x").body("{}").toBodilessEntity();
			client.forUser(JWT).http().get("/x").toBodilessEntity();
			String url = platformUrl() + "/provider";
			client.session("slack").restClient().get().uri(url).retrieve().toBodilessEntity();
			client.session("slack").webClient().get().uri(url).retrieve().toBodilessEntity().block();
			// An application may make of a session's client what it likes.
			client.session("slack")
				.webClient()
				.mutate()
				.defaultHeader("X-Own", "mine")
				.defaultRequest((request) -> request.attribute("own", true))
				.build()
				.get()
				.uri(url)
				.retrieve()
				.toBodilessEntity()
				.block();
			client.session("slack")
				.restClient()
				.mutate()
				.defaultHeader("X-Own", "mine")
				.defaultRequest((request) -> request.attribute("own", true))
				.build()
				.get()
				.uri(url)
				.retrieve()
				.toBodilessEntity();
		});
	}

	private static Set<String> headers(LoggedRequest request) {
		return request.getAllHeaderKeys()
			.stream()
			.map((name) -> name.toLowerCase(Locale.ROOT))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	@Test
	void noTraceHeaderLeavesByDefault() {
		callEverything(client(false));
		List<LoggedRequest> requests = requests();
		assertThat(requests).hasSize(7)
			.allSatisfy((request) -> assertThat(headers(request)).doesNotContainAnyElementsOf(TRACE_HEADERS));
		assertThat(requests.stream().filter((request) -> "mine".equals(request.getHeader("X-Own")))).hasSize(2);
		assertThat(requests.get(0).getHeader("Authorization")).isEqualTo("Bearer " + KEY);
	}

	@Test
	void whoReadsTheRequestOfAnObservationSeesWhereItGoes() {
		Set<String> seen = ConcurrentHashMap.newKeySet();
		this.registry.observationConfig().observationHandler(new ObservationHandler<ClientRequestObservationContext>() {

			@Override
			public void onStart(ClientRequestObservationContext context) {
				if (context.getCarrier() != null) {
					ClientRequest carrier = context.getCarrier().build();
					seen.add(carrier.method() + " " + carrier.url());
				}
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return context instanceof ClientRequestObservationContext;
			}

		});
		client(false).http().post("/x").query("api_key", "geheim").body("{}").toBodilessEntity();
		assertThat(seen).containsExactly("POST " + platformUrl() + "/x?api_key=***");
	}

	@Test
	void noTraceHeaderLeavesWithTheEventStream() {
		CountDownLatch compared = new CountDownLatch(1);
		// The event waits for the connections to be asked for, so that nothing is under
		// way
		// when it has come.
		RawServer server = closing(RawServer.start((exchange) -> {
			if (exchange.head().contains("/connections ")) {
				compared.countDown();
				exchange.sendJson("{\"connections\":[]}");
				return;
			}
			exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: ping\n\n");
			compared.await();
			exchange.send("id: 1\nevent: message\ndata: x\n\n").awaitClientGone();
		}));
		VendoClient client = closing(
				builder(server.url()).scheduler(Schedulers.parallel()).observationRegistry(this.registry).build());
		Observation.createNotStarted("request", this.registry)
			.observe(() -> client.reactive().events().subscribe().blockFirst(Duration.ofSeconds(30)));
		assertThat(server.requests()).hasSize(2)
			.allSatisfy((head) -> assertThat(head.lines().map((line) -> line.split(":")[0].toLowerCase(Locale.ROOT)))
				.contains("authorization")
				.doesNotContainAnyElementsOf(TRACE_HEADERS));
	}

	@Test
	void whenToldToThenSendsTraceHeadersWithEveryRequest() {
		callEverything(client(true));
		assertThat(requests()).hasSize(7)
			.allSatisfy((request) -> assertThat(headers(request)).contains("traceparent", "b3", "x-account"));
	}

	@Test
	void theTraceItselfIsKept() {
		List<String> traceIds = new CopyOnWriteArrayList<>();
		this.registry.observationConfig().observationFilter((context) -> {
			TracingObservationHandler.TracingContext span = context.get(TracingObservationHandler.TracingContext.class);
			if (span != null && span.getSpan() != null) {
				traceIds.add(span.getSpan().context().traceId());
			}
			return context;
		});
		VendoClient client = client(false);
		Observation.createNotStarted("request", this.registry).observe(() -> client.token("slack"));
		assertThat(traceIds).hasSizeGreaterThanOrEqualTo(2).containsOnly(traceIds.get(0));
	}

	@Test
	void clientsOfTheApplicationsOwnSendTraceHeadersAllTheSame() {
		client(false).token("slack");
		String url = platformUrl() + "/own";
		WebClient.builder()
			.observationRegistry(this.registry)
			.build()
			.get()
			.uri(url)
			.retrieve()
			.toBodilessEntity()
			.block();
		RestClient.builder().observationRegistry(this.registry).build().get().uri(url).retrieve().toBodilessEntity();
		assertThat(requests().stream().filter((request) -> request.getUrl().equals("/own"))).hasSize(2)
			.allSatisfy((request) -> assertThat(headers(request)).contains("traceparent", "b3"));
	}

	/**
	 * Writes W3C and B3 headers.
	 */
	private static final class BothFormats extends Propagation.Factory implements Propagation<String> {

		private final Propagation<String> b3 = B3Propagation.newFactoryBuilder()
			.injectFormat(B3Propagation.Format.SINGLE)
			.build()
			.get();

		private final Propagation<String> w3c = new W3CPropagation().get();

		@Override
		public Propagation<String> get() {
			return this;
		}

		@Override
		public List<String> keys() {
			return List.of("b3", "traceparent", "tracestate");
		}

		@Override
		public <R> TraceContext.Injector<R> injector(Setter<R, String> setter) {
			TraceContext.Injector<R> first = this.b3.injector(setter);
			TraceContext.Injector<R> second = this.w3c.injector(setter);
			return (context, request) -> {
				first.inject(context, request);
				second.inject(context, request);
			};
		}

		@Override
		public <R> TraceContext.Extractor<R> extractor(Getter<R, String> getter) {
			return this.b3.extractor(getter);
		}

	}

}
