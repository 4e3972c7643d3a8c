package run.vendo.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import run.vendo.VendoClient;

import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests of what observations of single requests are told.
 */
class ObservationTests extends AbstractTransportTests {

	private static final String SECRET = "s3cret-state";

	private final BlockingQueue<Observation.Context> observed = new LinkedBlockingQueue<>();

	private final ObservationRegistry registry = ObservationRegistry.create();

	@BeforeEach
	void observe() {
		this.registry.observationConfig().observationHandler(new ObservationHandler<>() {

			@Override
			public void onStop(Observation.Context context) {
				ObservationTests.this.observed.add(context);
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return !(context instanceof ClientCallObservationContext);
			}

		});
		answers(json(200, "{\"access_token\":\"t\",\"expires_at\":null}"));
	}

	private VendoClient observedClient() {
		return closing(builder().observationRegistry(this.registry).build());
	}

	// An observation may stop a moment after its call has returned.
	private List<Observation.Context> observed(int count) throws InterruptedException {
		List<Observation.Context> contexts = new ArrayList<>();
		while (contexts.size() < count) {
			Observation.Context context = this.observed.poll(30, TimeUnit.SECONDS);
			assertThat(context).isNotNull();
			contexts.add(context);
		}
		return contexts;
	}

	private static String value(KeyValues keyValues, String key) {
		return keyValues.stream()
			.filter((keyValue) -> keyValue.getKey().equals(key))
			.findFirst()
			.orElseThrow()
			.getValue();
	}

	@Test
	void shouldSeeTheTemplateAndNoValueOfTheQuery() throws Exception {
		observedClient().http().get("/api/tools/{slug}/x", "slack").query("state", SECRET).toBodilessEntity();
		assertThat(requests()).singleElement()
			.satisfies((request) -> assertThat(request.getUrl()).isEqualTo("/api/tools/slack/x?state=" + SECRET));
		assertThat(observed(1)).singleElement().satisfies((context) -> {
			assertThat(value(context.getLowCardinalityKeyValues(), "uri")).isEqualTo("/api/tools/{slug}/x");
			assertThat(value(context.getLowCardinalityKeyValues(), "client.name")).isEqualTo("127.0.0.1");
			assertThat(value(context.getHighCardinalityKeyValues(), "http.url"))
				.isEqualTo(platformUrl() + "/api/tools/slack/x?state=***");
			assertThat(context.getAllKeyValues().toString()).doesNotContain(SECRET);
		});
	}

	@Test
	void whenUrlIsAbsoluteShouldTakeNoneOfItForATemplate() throws Exception {
		VendoClient client = observedClient();
		client.http().get(platformUrl() + "/api/x/4242?state=" + SECRET).toBodilessEntity();
		client.http().get(platformUrl() + "/api/x/{id}", 4242).toBodilessEntity();
		List<Observation.Context> contexts = observed(2);
		assertThat(contexts).extracting((context) -> value(context.getLowCardinalityKeyValues(), "uri"))
			.containsExactlyInAnyOrder("none", "/api/x/{id}");
		assertThat(contexts)
			.allSatisfy((context) -> assertThat(context.getAllKeyValues().toString()).doesNotContain(SECRET));
	}

	@Test
	void whenApplicationHasAConventionOfItsOwnShouldKeepItAndShowItNoValueEither() throws Exception {
		VendoClient client = closing(builder().observationRegistry(this.registry)
			.webClientBuilder(() -> WebClient.builder()
				.observationConvention(new DefaultClientRequestObservationConvention("own.name") {

					@Override
					public KeyValues getHighCardinalityKeyValues(ClientRequestObservationContext context) {
						return super.getHighCardinalityKeyValues(context).and("own",
								(context.getRequest() != null) ? context.getRequest().url().toString() : "none");
					}

				}))
			.build());
		client.http().get("/x").query("state", SECRET).toBodilessEntity();
		assertThat(observed(1)).singleElement().satisfies((context) -> {
			assertThat(context.getName()).isEqualTo("own.name");
			assertThat(value(context.getHighCardinalityKeyValues(), "own")).isEqualTo(platformUrl() + "/x?state=***");
		});
	}

	@Test
	void shouldSeeCallsOfSessionsOfBothKinds() throws Exception {
		VendoClient client = observedClient();
		assertThat(client.token("slack")).isEqualTo("t");
		observed(1);
		client.session("slack")
			.restClient()
			.get()
			.uri(platformUrl() + "/me?state={state}", SECRET)
			.retrieve()
			.toBodilessEntity();
		client.session("slack")
			.webClient()
			.get()
			.uri(platformUrl() + "/me?state={state}", SECRET)
			.retrieve()
			.toBodilessEntity()
			.block();
		assertThat(observed(2)).allSatisfy((context) -> {
			assertThat(context.getName()).isEqualTo("http.client.requests");
			assertThat(value(context.getHighCardinalityKeyValues(), "http.url"))
				.isEqualTo(platformUrl() + "/me?state=***");
			assertThat(context.getAllKeyValues().toString()).doesNotContain(SECRET);
		});
	}

}
