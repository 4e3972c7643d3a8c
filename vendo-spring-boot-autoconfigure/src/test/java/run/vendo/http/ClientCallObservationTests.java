package run.vendo.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

import run.vendo.VendoClient;
import run.vendo.error.ErrorCode;
import run.vendo.error.VendoOnlyFeatureException;
import run.vendo.fixture.ClosedPort;

import org.springframework.web.reactive.function.client.ClientRequestObservationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what observations of calls are told.
 */
class ClientCallObservationTests extends AbstractTransportTests {

	private final BlockingQueue<Observation.Context> stopped = new LinkedBlockingQueue<>();

	private final BlockingQueue<Observation.Context> started = new LinkedBlockingQueue<>();

	private final ObservationRegistry registry = ObservationRegistry.create();

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStart(Observation.Context context) {
				ClientCallObservationTests.this.started.add(context);
			}

			@Override
			public void onStop(Observation.Context context) {
				ClientCallObservationTests.this.stopped.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
	}

	private VendoClient observedClient() {
		return closing(builder().observationRegistry(this.registry).build());
	}

	private VendoClient streamingClient() {
		return closing(builder().scheduler(Schedulers.parallel()).observationRegistry(this.registry).build());
	}

	// Of a server of its own: what is cancelled may still come to it when the next test
	// has begun.
	private VendoClient unansweredClient() {
		RawServer server = closing(RawServer.start(RawServer.Exchange::hang));
		return closing(builder(server.url()).observationRegistry(this.registry).build());
	}

	private ClientCallObservationContext call() throws InterruptedException {
		return next(ClientCallObservationContext.class);
	}

	private <T extends Observation.Context> T next(Class<T> type) throws InterruptedException {
		while (true) {
			Observation.Context context = this.stopped.poll(30, TimeUnit.SECONDS);
			assertThat(context).as("an observation of " + type.getSimpleName()).isNotNull();
			if (type.isInstance(context)) {
				return type.cast(context);
			}
		}
	}

	private static String low(Observation.Context context) {
		return text(context.getLowCardinalityKeyValues());
	}

	private static String high(Observation.Context context) {
		return text(context.getHighCardinalityKeyValues());
	}

	private static String text(KeyValues keyValues) {
		return keyValues.stream()
			.map((keyValue) -> keyValue.getKey() + "=" + keyValue.getValue())
			.collect(Collectors.joining(" "));
	}

	@Test
	void whenCallSucceedsThenSaysWhatItWasAndHowItEnded() throws Exception {
		answers(json(200, BALANCE).withHeader("Vendo-Request-Id", "req_1"));
		observedClient().billing().balance();
		ClientCallObservationContext call = call();
		assertThat(call.getName()).isEqualTo("vendo.client.call");
		assertThat(call.getContextualName()).isEqualTo("vendo billing.balance");
		assertThat(low(call))
			.isEqualTo("account=default api=billing code=none operation=balance outcome=success status=2xx");
		assertThat(high(call)).isEqualTo("attempts=1 request.id=req_1");
	}

	@Test
	void saysUnderWhichAccountItCounts() throws Exception {
		answers(json(200, BALANCE));
		VendoClient shop = closing(
				builder().account("shop").observedAccounts(List.of("shop")).observationRegistry(this.registry).build());
		shop.billing().balance();
		assertThat(low(call())).startsWith("account=shop api=billing ");
		shop.forUser(JWT).billing().balance();
		assertThat(low(call())).startsWith("account=shop ");
		closing(shop.mutate().apiVersion("2027-01-01").build()).billing().balance();
		assertThat(low(call())).startsWith("account=shop ");
		closing(shop.mutate().account(null).build()).billing().balance();
		assertThat(low(call())).startsWith("account=default ");
		closing(shop.mutate().account("lab").build()).billing().balance();
		assertThat(low(call())).startsWith("account=_other ");
		closing(shop.mutate().apiKey(KEY.replace('0', '1')).build()).billing().balance();
		assertThat(low(call())).startsWith("account=_other ");
	}

	@Test
	void theKeysAreThoseThatAreDocumented() throws Exception {
		answers(json(200, BALANCE));
		observedClient().billing().balance();
		ClientCallObservationContext call = call();
		VendoObservationDocumentation documentation = VendoObservationDocumentation.CLIENT_CALL;
		assertThat(call.getLowCardinalityKeyValues().stream().map(KeyValue::getKey))
			.containsExactlyInAnyOrder(names(documentation.getLowCardinalityKeyNames()));
		assertThat(call.getHighCardinalityKeyValues().stream().map(KeyValue::getKey))
			.containsExactlyInAnyOrder(names(documentation.getHighCardinalityKeyNames()));
		assertThat(documentation.getDefaultConvention()).isEqualTo(DefaultClientCallObservationConvention.class);
	}

	private static String[] names(KeyName[] names) {
		return Arrays.stream(names).map(KeyName::asString).toArray(String[]::new);
	}

	@Test
	void whenCallIsRetriedThenIsOneObservationWithEveryRequestBeneathIt() throws Exception {
		answers(status(503), status(503), json(200, BALANCE));
		observedClient().billing().balance();
		ClientCallObservationContext call = call();
		assertThat(high(call)).startsWith("attempts=3 ");
		assertThat(low(call)).contains("outcome=success status=2xx");
		List<Observation.Context> requests = this.started.stream()
			.filter(ClientRequestObservationContext.class::isInstance)
			.toList();
		assertThat(requests).hasSize(3)
			.allSatisfy((request) -> assertThat(Objects.requireNonNull(request.getParentObservation()).getContextView())
				.isSameAs(call));
	}

	@Test
	void isBeneathWhatItsCallerIsObservedAs() throws Exception {
		answers(json(200, "{\"access_token\":\"t\",\"expires_at\":null}"));
		VendoClient client = observedClient();
		Observation caller = Observation.start("caller", this.registry);
		caller.scoped(() -> client.token("slack"));
		ClientCallObservationContext call = call();
		assertThat(low(call)).startsWith("account=default api=token code=none operation=get");
		assertThat(Objects.requireNonNull(call.getParentObservation()).getContextView())
			.isSameAs(caller.getContextView());
		caller.stop();
	}

	@Test
	void whenCallFailsThenTellsTheCodeIfItIsAKnownOne() throws Exception {
		answers(json(403, "{\"error\":\"binding_missing\"}").withHeader("Vendo-Error-Code", "binding_missing")
			.withHeader("Vendo-Request-Id", "req_2"));
		VendoClient client = observedClient();
		failureOf(() -> client.token("slack"));
		ClientCallObservationContext call = call();
		assertThat(low(call))
			.isEqualTo("account=default api=token code=binding_missing operation=get outcome=client-error status=4xx");
		assertThat(high(call)).isEqualTo("attempts=1 request.id=req_2");
		assertThat(call.getCode()).isEqualTo(ErrorCode.BINDING_MISSING);
	}

	@Test
	void everyCodeThereIsIsTold() throws Exception {
		VendoClient client = observedClient();
		for (var field : ErrorCode.class.getFields()) {
			ErrorCode code = (ErrorCode) field.get(null);
			answers(status(418).withHeader("Vendo-Error-Code", code.value()));
			failureOf(() -> client.billing().balance());
			assertThat(low(call())).contains("code=" + code.value() + " ");
		}
	}

	@Test
	void codesThatNobodyKnowsAreOneAndTheSame() throws Exception {
		VendoClient client = observedClient();
		for (int i = 0; i < 5; i++) {
			answers(status(400).withHeader("Vendo-Error-Code", "invented_" + i));
			failureOf(() -> client.billing().balance());
			ClientCallObservationContext call = call();
			assertThat(low(call))
				.isEqualTo("account=default api=billing code=other operation=balance outcome=client-error status=4xx");
			assertThat(call.getCode()).isEqualTo(new ErrorCode("invented_" + i));
		}
	}

	@Test
	void whenServerFailsThenSaysSoAfterAllAttempts() throws Exception {
		answers(status(500));
		VendoClient client = observedClient();
		failureOf(() -> client.connections().list());
		ClientCallObservationContext call = call();
		assertThat(low(call))
			.isEqualTo("account=default api=connections code=none operation=list outcome=server-error status=5xx");
		assertThat(high(call)).startsWith("attempts=3 ");
	}

	@Test
	void whenAnswerCannotBeReadThenIsInvalid() throws Exception {
		answers(json(200, "<html>"));
		VendoClient client = observedClient();
		failureOf(() -> client.billing().balance());
		assertThat(low(call())).isEqualTo(
				"account=default api=billing code=invalid_response operation=balance outcome=invalid-answer status=2xx");
	}

	@Test
	void whenNobodyAnswersThenThereIsNoStatus() throws Exception {
		ClosedPort nobody = closing(new ClosedPort());
		VendoClient client = closing(builder(nobody.url().toString()).observationRegistry(this.registry).build());
		failureOf(() -> client.billing().balance());
		ClientCallObservationContext call = call();
		assertThat(low(call)).isEqualTo(
				"account=default api=billing code=upstream_error operation=balance outcome=no-answer status=none");
		assertThat(high(call)).isEqualTo("attempts=3 request.id=none");
	}

	@Test
	void whenCallerGivesUpThenIsCancelled() throws Exception {
		Disposable call = unansweredClient().reactive().billing().balance().subscribe();
		while (!(this.started.poll(30, TimeUnit.SECONDS) instanceof ClientRequestObservationContext)) {
			assertThat(call.isDisposed()).isFalse();
		}
		call.dispose();
		assertThat(low(call()))
			.isEqualTo("account=default api=billing code=none operation=balance outcome=cancelled status=none");
	}

	@Test
	void whatIsRefusedBeforeAnythingIsSentIsNoCall() {
		VendoClient client = closing(
				VendoClient.builder().environment((name) -> null).observationRegistry(this.registry).build());
		failureOf(VendoOnlyFeatureException.class, () -> client.billing().balance());
		assertThat(this.started).isEmpty();
	}

	@Test
	void whateverAnApplicationCallsByItselfHasOneName() throws Exception {
		answers(json(200, "{}"));
		VendoClient client = observedClient();
		client.http().get("/api/tools/{slug}", "slack").toBodilessEntity();
		assertThat(low(call()))
			.isEqualTo("account=default api=http code=none operation=exchange outcome=success status=2xx");
	}

	@Test
	void whenAnswerIsAStreamThenEndsWhenItBegins() throws Exception {
		RawServer server = closing(RawServer.start((exchange) -> {
			exchange.send(
					"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nVendo-Request-Id: req_3\r\n\r\n: ping\n\n");
			exchange.awaitClientGone();
		}));
		VendoClient client = closing(
				builder(server.url()).scheduler(Schedulers.parallel()).observationRegistry(this.registry).build());
		Disposable stream = client.reactive().events().subscribe().subscribe();
		ClientCallObservationContext call = call();
		assertThat(low(call))
			.isEqualTo("account=default api=events code=none operation=subscribe outcome=success status=2xx");
		assertThat(high(call)).isEqualTo("attempts=1 request.id=req_3");
		assertThat(stream.isDisposed()).isFalse();
		stream.dispose();
	}

	@Test
	void whenStreamIsRefusedThenSaysSo() throws Exception {
		answers(status(401).withHeader("Vendo-Error-Code", "app_revoked"));
		Disposable stream = streamingClient().reactive().events().subscribe().subscribe();
		assertThat(low(call())).isEqualTo(
				"account=default api=events code=app_revoked operation=subscribe outcome=client-error status=4xx");
		stream.dispose();
	}

	@Test
	void whenApplicationHasAConventionThenIsTold() throws Exception {
		answers(json(200, BALANCE));
		VendoClient client = closing(builder().observationRegistry(this.registry)
			.observationConvention(new DefaultClientCallObservationConvention("own.call") {

				@Override
				public KeyValues getLowCardinalityKeyValues(ClientCallObservationContext context) {
					return super.getLowCardinalityKeyValues(context).and("own", "yes");
				}

			})
			.build());
		client.billing().balance();
		ClientCallObservationContext call = call();
		assertThat(call.getName()).isEqualTo("own.call");
		assertThat(low(call)).contains("api=billing ", "own=yes");
	}

	@Test
	void noSecretIsTold() throws Exception {
		answers(json(200, "{\"access_token\":\"secret-token\",\"expires_at\":null}"));
		VendoClient client = observedClient();
		client.forUser(JWT).token("slack");
		answers(json(400, "{\"error\":{\"code\":\"x_y\",\"message\":\"secret-token of " + KEY + "\"}}"));
		failureOf(() -> client.forUser(JWT).data().execute("a", Map.of()));
		List<String> told = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			ClientCallObservationContext call = call();
			told.add(call.getAllKeyValues() + " " + call.getError() + " " + call);
		}
		assertThat(told).allSatisfy((text) -> assertThat(text).doesNotContain(KEY, JWT, "secret-token of " + KEY));
		assertThat(told.get(0)).doesNotContain("secret-token");
	}

	@Test
	void aCallThatIsStillUnderWayHasNotEnded() throws Exception {
		Disposable call = unansweredClient().reactive().billing().balance().subscribe();
		Observation.Context context = this.started.poll(30, TimeUnit.SECONDS);
		assertThat(context).isInstanceOfSatisfying(ClientCallObservationContext.class,
				(known) -> assertThat(known.isEnded()).isFalse());
		assertThat(low(Objects.requireNonNull(context))).contains("outcome=unknown status=none");
		call.dispose();
	}

}
