package run.vendo.autoconfigure.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import run.vendo.ClientSummary;
import run.vendo.VendoClient;
import run.vendo.autoconfigure.event.EventStreamMonitor;
import run.vendo.connection.Connection;
import run.vendo.connection.ReactiveConnectionsApi;
import run.vendo.error.ValidationException;
import run.vendo.http.PathSegments;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@link Endpoint @Endpoint} that shows what Vendo is to the application at present, and
 * drops tokens.
 */
@Endpoint(id = "vendo")
class VendoEndpoint {

	/**
	 * How long what came of a question is good for everybody who looks: a page that
	 * reloads by itself is no reason to ask the platform each time.
	 */
	static final Duration FRESH = Duration.ofSeconds(10);

	private final VendoClient client;

	private final Supplier<ReactiveConnectionsApi> connections;

	private final @Nullable EventStreamMonitor events;

	private final @Nullable BalanceMonitor balance;

	private final @Nullable AccountBalances accounts;

	private final Duration patience;

	private final Clock clock;

	private final Mono<Look> look;

	private volatile @Nullable Listing known;

	VendoEndpoint(VendoClient client, Supplier<ReactiveConnectionsApi> connections, @Nullable EventStreamMonitor events,
			@Nullable BalanceMonitor balance, @Nullable AccountBalances accounts, Duration patience,
			Scheduler scheduler, Clock clock) {
		this.client = client;
		this.connections = connections;
		this.events = events;
		this.balance = balance;
		this.accounts = accounts;
		this.patience = patience;
		this.clock = clock;
		this.look = Mono.defer(this::list)
			.timeout(patience, scheduler)
			.map(this::seen)
			.onErrorResume(
					(failure) -> Mono.fromSupplier(() -> new Look(this.known, problem(failure), this.clock.instant())))
			.cacheInvalidateIf(this::isOld);
	}

	@ReadOperation
	Mono<VendoDescriptor> vendo() {
		return this.look.map((look) -> describe(look.listing(), look.problem()));
	}

	private Look seen(List<Connection> connections) {
		Listing listing = Listing.of(connections, this.clock.instant());
		this.known = listing;
		return new Look(listing, null, listing.at());
	}

	private boolean isOld(Look look) {
		Duration age = Duration.between(look.at(), this.clock.instant());
		return age.isNegative() || age.compareTo(FRESH) >= 0;
	}

	// What VENDO_CONNECTIONS says while the platform cannot be reached is no news of it.
	private Mono<List<Connection>> list() {
		ReactiveConnectionsApi api = this.connections.get();
		return this.client.isVendoMode() ? api.snapshot() : api.list().collectList();
	}

	private String problem(Throwable failure) {
		return (failure instanceof TimeoutException)
				? "The platform has not answered within %d ms".formatted(this.patience.toMillis())
				: Details.error(failure);
	}

	private VendoDescriptor describe(@Nullable Listing listing, @Nullable String problem) {
		ClientSummary summary = this.client.summary();
		boolean vendoMode = summary.vendoMode();
		Instant now = this.clock.instant();
		return new VendoDescriptor(vendoMode ? "vendo" : "oss", summary.maskedApiKey(),
				VendoDescriptor.Urls.of(summary), summary.apiVersion(), summary.version(),
				connections(listing, problem), this.client.tokenCache().statistics(),
				(this.events != null && vendoMode) ? Details.of(this.events.status(), now) : null,
				(this.balance != null && vendoMode) ? Details.of(this.balance.snapshot(), now) : null,
				(this.accounts != null) ? this.accounts.describe(now) : null);
	}

	private VendoDescriptor.Connections connections(@Nullable Listing listing, @Nullable String problem) {
		if (listing == null) {
			return new VendoDescriptor.Connections(null, problem, List.of());
		}
		return new VendoDescriptor.Connections(Details.instant(listing.at()), problem,
				listing.entries()
					.stream()
					.map((entry) -> new VendoDescriptor.Provider(entry.slug(), entry.status(), entry.profile(),
							token(entry.slug())))
					.toList());
	}

	private VendoDescriptor.@Nullable Token token(String slug) {
		if (!isSlug(slug)) {
			return null;
		}
		return this.client.cachedToken(slug)
			.map((token) -> new VendoDescriptor.Token(Details.instant(token.expiresAt()),
					String.valueOf(Details.instant(token.usableUntil()))))
			.orElse(null);
	}

	private static boolean isSlug(String slug) {
		try {
			PathSegments.requireSlug(slug);
			return true;
		}
		catch (ValidationException ex) {
			return false;
		}
	}

	/**
	 * Drop a provider's tokens, those of users too.
	 * @param resource what is dropped: {@code tokens}
	 * @param slug the provider
	 */
	@DeleteOperation
	void invalidate(@Selector String resource, @Selector String slug) {
		if (!resource.equals("tokens")) {
			throw new InvalidEndpointRequestException("Nothing but tokens can be dropped",
					"Nothing but tokens can be dropped: use tokens/{slug}");
		}
		if (!isSlug(slug)) {
			throw new InvalidEndpointRequestException("Not a provider's slug", "Not a provider's slug");
		}
		this.client.tokenCache().invalidate(slug);
	}

	/**
	 * What came of asking for the connections.
	 *
	 * @param listing the connections as they were read last, or {@code null} when they
	 * never were
	 * @param problem why they could not be read now, or {@code null}
	 * @param at when they were asked for
	 */
	private record Look(@Nullable Listing listing, @Nullable String problem, Instant at) {

	}

	/**
	 * The connections as they were read last, without what may be secret.
	 *
	 * @param entries slug, status and profile of each
	 * @param at when they were read
	 */
	private record Listing(List<Entry> entries, Instant at) {

		static Listing of(List<Connection> connections, Instant at) {
			return new Listing(connections.stream()
				.map((connection) -> new Entry(connection.slug(), connection.status().value(),
						connection.profile().value()))
				.toList(), at);
		}

	}

	private record Entry(String slug, String status, String profile) {

	}

}
