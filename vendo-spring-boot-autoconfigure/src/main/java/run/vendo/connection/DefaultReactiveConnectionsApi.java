package run.vendo.connection;

import java.util.List;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.error.TransportException;
import run.vendo.error.TransportException.Reason;
import run.vendo.error.VendoException;
import run.vendo.http.ApiCall;
import run.vendo.http.EnvironmentVariables;
import run.vendo.http.PathSegments;
import run.vendo.http.VendoCredential;
import run.vendo.http.VendoEndpoint;
import run.vendo.http.VendoHttp;
import run.vendo.token.ByokCatalog;
import run.vendo.token.ByokProvider;

import org.springframework.util.StringUtils;

/**
 * Connections as the platform lists them, or as the environment implies them.
 */
final class DefaultReactiveConnectionsApi implements ReactiveConnectionsApi {

	private static final Log logger = LogFactory.getLog(DefaultReactiveConnectionsApi.class);

	private final VendoHttp http;

	private final EnvironmentVariables environment;

	private final ByokCatalog catalog;

	DefaultReactiveConnectionsApi(VendoHttp http, EnvironmentVariables environment, ByokCatalog catalog) {
		this.http = http;
		this.environment = environment;
		this.catalog = catalog;
	}

	@Override
	public Flux<Connection> list() {
		return all().flatMapIterable((connections) -> connections);
	}

	@Override
	public Mono<List<Connection>> snapshot() {
		return this.http.isVendoMode() ? Mono.defer(this::fromPlatform) : Mono.fromSupplier(this::fromEnvironment);
	}

	@Override
	public Mono<Connection> get(String slug) {
		return Mono.defer(() -> {
			PathSegments.requireSlug(slug);
			// The failure may be shared with those who asked for all, or for another one.
			return all().onErrorMap(VendoException.class, (failure) -> about(slug, failure))
				.flatMap((connections) -> Mono.justOrEmpty(
						connections.stream().filter((connection) -> connection.slug().equals(slug)).findFirst()));
		});
	}

	private static VendoException about(String slug, VendoException failure) {
		return (failure.slug() != null) ? failure
				: failure.details().mutate().slug(slug).build().toException(failure.getCause());
	}

	/**
	 * Return all connections as an unmodifiable list.
	 */
	Mono<List<Connection>> all() {
		if (!this.http.isVendoMode()) {
			return Mono.fromSupplier(this::fromEnvironment);
		}
		// Apart from what is shared: another reader may have no list to fall back on.
		return this.http.share("connections.list", this::fromPlatform)
			.onErrorResume(DefaultReactiveConnectionsApi::isUnreachable, this::fallback);
	}

	// What comes of this application's own doing says nothing about the platform.
	private static boolean isUnreachable(Throwable failure) {
		return failure instanceof TransportException transport && transport.reason() != Reason.OVERLOAD
				&& transport.reason() != Reason.INTERRUPTED;
	}

	private Mono<List<Connection>> fromPlatform() {
		ApiCall call = this.http.call("connections", "list").get("/api/deployments/me/connections").secretAnswer();
		if (this.environment.isSet("VENDO_SANDBOX")) {
			call.query("sandbox", 1);
		}
		return call.retrieve(ConnectionList.class).map(ConnectionList::connections);
	}

	private Mono<List<Connection>> fallback(Throwable failure) {
		String slugs = this.environment.get("VENDO_CONNECTIONS");
		if (slugs == null) {
			return Mono.error(failure);
		}
		logger.warn("The connections are taken from VENDO_CONNECTIONS, because the platform cannot be reached: "
				+ failure.getMessage());
		return Mono.just(StringUtils.commaDelimitedListToSet(slugs)
			.stream()
			.map(String::strip)
			.filter(StringUtils::hasText)
			.distinct()
			.map((slug) -> Connection.of(slug, slug, ConnectionProfile.UNKNOWN, ConnectionStatus.CONNECTED))
			.toList());
	}

	private List<Connection> fromEnvironment() {
		VendoCredential credential = this.http.config().credential();
		if (credential != null && credential.type() != VendoCredential.Type.NONE) {
			// Whoever has one means the platform.
			this.http.requireCredential(VendoEndpoint.CONNECTIONS);
		}
		return this.catalog.providers().stream().map(this::fromEnvironment).toList();
	}

	private Connection fromEnvironment(ByokProvider provider) {
		boolean connected = this.environment.get(ByokCatalog.overrideVariable(provider.slug())) != null
				|| provider.variables().stream().anyMatch((variable) -> this.environment.get(variable) != null);
		return Connection.of(provider.slug(), provider.name(), ConnectionProfile.BYOK_STATIC,
				connected ? ConnectionStatus.CONNECTED : ConnectionStatus.AVAILABLE);
	}

}
