package run.vendo.autoconfigure.web;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import run.vendo.ConnectUrlOptions;
import run.vendo.ReactiveVendoClient;
import run.vendo.VendoClient;
import run.vendo.billing.Balance;
import run.vendo.billing.Period;
import run.vendo.billing.ReactiveBillingApi;
import run.vendo.billing.SpendCaps;
import run.vendo.billing.Usage;
import run.vendo.billing.UsdBalance;
import run.vendo.catalog.ReactiveCatalogApi;
import run.vendo.connection.Connection;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.dashboard.ReactiveVendoDashboard;
import run.vendo.data.ReactiveDataApi;
import run.vendo.deployment.DeploymentApi;
import run.vendo.event.EventStreamOptions;
import run.vendo.event.ReactiveEventsApi;
import run.vendo.event.VendoEvent;
import run.vendo.http.RateLimit;
import run.vendo.http.ReactiveHttpApi;
import run.vendo.http.VendoCredential;
import run.vendo.integration.Integration;
import run.vendo.integration.ReactiveIntegrationsApi;
import run.vendo.reconciler.ReconcilerApi;
import run.vendo.sso.SsoApi;
import run.vendo.token.TokenCache;
import run.vendo.token.VendoSession;
import run.vendo.webhook.WebhooksApi;

import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Acts for the user of the request in whose course somebody subscribes: the one in the
 * Reactor context, else the one of the thread that subscribes. Never the one of whoever
 * made the call: what one request keeps may be subscribed to in the course of another.
 * What differs by no user is answered by the application's own client.
 */
final class RequestReactiveVendoClient implements ReactiveVendoClient {

	private final Supplier<ReactiveVendoClient> application;

	RequestReactiveVendoClient(Supplier<ReactiveVendoClient> application) {
		this.application = application;
	}

	private static Mono<ReactiveVendoClient> current() {
		return Mono.deferContextual((context) -> {
			RequestUser user = context.getOrDefault(RequestUser.KEY, CurrentUser.get());
			return (user != null) ? user.ready().map(RequestUser::reactiveClient)
					: Mono.error(CurrentUser::outsideARequest);
		});
	}

	private static <T> Mono<T> one(Function<ReactiveVendoClient, Mono<T>> call) {
		return current().flatMap(call);
	}

	private static <T> Flux<T> many(Function<ReactiveVendoClient, Flux<T>> call) {
		return current().flatMapMany(call);
	}

	@Override
	public boolean isVendoMode() {
		return this.application.get().isVendoMode();
	}

	@Override
	public Mono<String> token(String slug) {
		return one((client) -> client.token(slug));
	}

	@Override
	public Mono<Map<String, Optional<String>>> tokens(Collection<String> slugs) {
		return one((client) -> client.tokens(slugs));
	}

	@Override
	public void invalidate(String slug) {
		CurrentUser.require().reactiveClient().invalidate(slug);
	}

	@Override
	public TokenCache tokenCache() {
		return this.application.get().tokenCache();
	}

	@Override
	public VendoSession session(String slug) {
		return new Session(this.application.get().session(slug));
	}

	@Override
	public URI connectUrl(String slug, ConnectUrlOptions options) {
		return this.application.get().connectUrl(slug, options);
	}

	@Override
	public ReactiveVendoClient forUser(String jwt) {
		return this.application.get().forUser(jwt);
	}

	@Override
	public ReactiveVendoClient forRequest(HttpHeaders headers) {
		return this.application.get().forRequest(headers);
	}

	@Override
	public ReactiveConnectionsApi connections() {
		return new ReactiveConnectionsApi() {

			@Override
			public Flux<Connection> list() {
				return many((client) -> client.connections().list());
			}

			@Override
			public Mono<List<Connection>> snapshot() {
				return one((client) -> client.connections().snapshot());
			}

			@Override
			public Mono<Connection> get(String slug) {
				return one((client) -> client.connections().get(slug));
			}

		};
	}

	@Override
	public ReactiveIntegrationsApi integrations() {
		ReactiveIntegrationsApi integrations = this.application.get().integrations();
		return new ReactiveIntegrationsApi() {

			@Override
			public Flux<Integration> list() {
				return many((client) -> client.integrations().list());
			}

			@Override
			public Mono<Integration> get(String slug) {
				return one((client) -> client.integrations().get(slug));
			}

			@Override
			public List<String> envVars(String slug) {
				return integrations.envVars(slug);
			}

		};
	}

	@Override
	public ReactiveBillingApi billing() {
		return new ReactiveBillingApi() {

			@Override
			public Mono<Balance> balance() {
				return one((client) -> client.billing().balance());
			}

			@Override
			public Mono<SpendCaps> spendCaps() {
				return one((client) -> client.billing().spendCaps());
			}

			@Override
			public Mono<Usage> usage(Period period) {
				return one((client) -> client.billing().usage(period));
			}

			@Override
			public Mono<UsdBalance> legacyBalance() {
				return one((client) -> client.billing().legacyBalance());
			}

			@Override
			public Mono<UsdBalance> cliBalance() {
				return one((client) -> client.billing().cliBalance());
			}

		};
	}

	@Override
	public ReactiveCatalogApi catalog() {
		return new ReactiveCatalogApi() {

			@Override
			public Mono<JsonNode> tools() {
				return one((client) -> client.catalog().tools());
			}

			@Override
			public Mono<JsonNode> deployableTools() {
				return one((client) -> client.catalog().deployableTools());
			}

			@Override
			public Mono<JsonNode> tool(String slug) {
				return one((client) -> client.catalog().tool(slug));
			}

			@Override
			public Mono<JsonNode> usageFraming(String slug) {
				return one((client) -> client.catalog().usageFraming(slug));
			}

			@Override
			public Mono<JsonNode> toolIntegrations(String slug) {
				return one((client) -> client.catalog().toolIntegrations(slug));
			}

			@Override
			public Mono<JsonNode> toolIntegrations(String slug, String appId) {
				return one((client) -> client.catalog().toolIntegrations(slug, appId));
			}

			@Override
			public Mono<JsonNode> modelPricing() {
				return one((client) -> client.catalog().modelPricing());
			}

			@Override
			public Mono<JsonNode> integrationPricing() {
				return one((client) -> client.catalog().integrationPricing());
			}

			@Override
			public Mono<JsonNode> pricing(String slug) {
				return one((client) -> client.catalog().pricing(slug));
			}

		};
	}

	@Override
	public ReactiveVendoDashboard dashboard(String sessionCookie) {
		return this.application.get().dashboard(sessionCookie);
	}

	@Override
	public ReactiveEventsApi events() {
		return new ReactiveEventsApi() {

			@Override
			public Flux<VendoEvent> subscribe(EventStreamOptions options) {
				return many((client) -> client.events().subscribe(options));
			}

		};
	}

	@Override
	public ReconcilerApi reconciler() {
		return CurrentUser.require().reactiveClient().reconciler();
	}

	@Override
	public WebhooksApi webhooks() {
		return this.application.get().webhooks();
	}

	@Override
	public ReactiveDataApi data() {
		return new Data(ReactiveVendoClient::data);
	}

	@Override
	public SsoApi sso() {
		return this.application.get().sso();
	}

	@Override
	public DeploymentApi deployment() {
		return this.application.get().deployment();
	}

	@Override
	public ReactiveHttpApi http() {
		return new Http(this.application.get().http());
	}

	@Override
	public VendoClient blocking() {
		return CurrentUser.require().client();
	}

	@Override
	public Builder mutate() {
		return this.application.get().mutate();
	}

	@Override
	public void close() {
		// Belongs to no request.
	}

	@Override
	public String toString() {
		return "ReactiveVendoClient[for the user of the request]";
	}

	/**
	 * Actions.
	 *
	 * @param api finds the API of a client
	 */
	private record Data(Function<ReactiveVendoClient, ReactiveDataApi> api) implements ReactiveDataApi {

		@Override
		public Mono<JsonNode> execute(String action, Map<String, ?> args) {
			return one((client) -> this.api.apply(client).execute(action, args));
		}

		@Override
		public <T> Mono<T> execute(String action, Map<String, ?> args, Class<T> type) {
			return one((client) -> this.api.apply(client).execute(action, args, type));
		}

		@Override
		public <T> Mono<T> execute(String action, Map<String, ?> args, ParameterizedTypeReference<T> type) {
			return one((client) -> this.api.apply(client).execute(action, args, type));
		}

		@Override
		public ReactiveDataApi forConnection(String connectionId) {
			return new Data(this.api.andThen((data) -> data.forConnection(connectionId)));
		}

	}

	/**
	 * A session that takes the connections of the application's, and what puts the token
	 * into a request from the user's.
	 *
	 * @param application the session of the application
	 */
	private record Session(VendoSession application) implements VendoSession {

		@Override
		public String slug() {
			return this.application.slug();
		}

		@Override
		public WebClient webClient() {
			Mono<ReactiveVendoClient> current = current();
			return this.application.webClient().mutate().filters((filters) -> {
				filters.clear();
				filters.add((request, next) -> exchange(current, request, next));
			}).build();
		}

		private Mono<ClientResponse> exchange(Mono<ReactiveVendoClient> current, ClientRequest request,
				ExchangeFunction next) {
			return current.flatMap((client) -> {
				List<ExchangeFilterFunction> filters = new ArrayList<>();
				client.session(slug()).webClient().mutate().filters(filters::addAll);
				return filters.stream()
					.reduce(ExchangeFilterFunction::andThen)
					.map((filter) -> filter.filter(request, next))
					.orElseGet(() -> next.exchange(request));
			});
		}

		@Override
		public RestClient restClient() {
			return CurrentUser.require().client().session(slug()).restClient();
		}

	}

	/**
	 * The escape hatch.
	 *
	 * @param application that of the application
	 */
	private record Http(ReactiveHttpApi application) implements ReactiveHttpApi {

		@Override
		public Request exchange(HttpMethod method, String path, Object... variables) {
			Mono<ReactiveVendoClient> current = current();
			return new DeferredRequest(current.map((client) -> client.http().exchange(method, path, variables)));
		}

		@Override
		public Optional<RateLimit> rateLimit() {
			return this.application.rateLimit();
		}

		@Override
		public Optional<RateLimit> rateLimit(String host) {
			return this.application.rateLimit(host);
		}

	}

	/**
	 * A call that is put together when it is known for whom.
	 */
	private static final class DeferredRequest implements ReactiveHttpApi.Request {

		private Mono<ReactiveHttpApi.Request> request;

		DeferredRequest(Mono<ReactiveHttpApi.Request> request) {
			this.request = request;
		}

		private DeferredRequest with(Function<ReactiveHttpApi.Request, ReactiveHttpApi.Request> step) {
			this.request = this.request.map(step);
			return this;
		}

		@Override
		public ReactiveHttpApi.Request query(String name, Object... values) {
			return with((each) -> each.query(name, values));
		}

		@Override
		public ReactiveHttpApi.Request header(String name, String... values) {
			return with((each) -> each.header(name, values));
		}

		@Override
		public ReactiveHttpApi.Request accept(MediaType... mediaTypes) {
			return with((each) -> each.accept(mediaTypes));
		}

		@Override
		public ReactiveHttpApi.Request contentType(MediaType mediaType) {
			return with((each) -> each.contentType(mediaType));
		}

		@Override
		public ReactiveHttpApi.Request body(Object body) {
			return with((each) -> each.body(body));
		}

		@Override
		public ReactiveHttpApi.Request credential(VendoCredential credential) {
			return with((each) -> each.credential(credential));
		}

		@Override
		public ReactiveHttpApi.Request cacheFor(Duration lifetime) {
			return with((each) -> each.cacheFor(lifetime));
		}

		@Override
		public ReactiveHttpApi.Request timeout(Duration timeout) {
			return with((each) -> each.timeout(timeout));
		}

		@Override
		public ReactiveHttpApi.Request idempotencyKey(String key) {
			return with((each) -> each.idempotencyKey(key));
		}

		@Override
		public <T> Mono<T> retrieve(Class<T> type) {
			return this.request.flatMap((each) -> each.retrieve(type));
		}

		@Override
		public <T> Mono<T> retrieve(ParameterizedTypeReference<T> type) {
			return this.request.flatMap((each) -> each.retrieve(type));
		}

		@Override
		public <T> Mono<ResponseEntity<T>> toEntity(Class<T> type) {
			return this.request.flatMap((each) -> each.toEntity(type));
		}

		@Override
		public <T> Mono<ResponseEntity<T>> toEntity(ParameterizedTypeReference<T> type) {
			return this.request.flatMap((each) -> each.toEntity(type));
		}

		@Override
		public Mono<ResponseEntity<Void>> toBodilessEntity() {
			return this.request.flatMap(ReactiveHttpApi.Request::toBodilessEntity);
		}

	}

}
