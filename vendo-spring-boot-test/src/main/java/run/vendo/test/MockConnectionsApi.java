package run.vendo.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import run.vendo.connection.Connection;
import run.vendo.connection.ReactiveConnectionsApi;

/**
 * The connections of a mock. On the wire nobody can tell for whose sake they are listed,
 * so a failure of one provider is raised here.
 */
final class MockConnectionsApi implements ReactiveConnectionsApi {

	private final ReactiveConnectionsApi delegate;

	private final MockState state;

	private final boolean vendoMode;

	private final @Nullable String user;

	MockConnectionsApi(ReactiveConnectionsApi delegate, MockState state, boolean vendoMode, @Nullable String user) {
		this.delegate = delegate;
		this.state = state;
		this.vendoMode = vendoMode;
		this.user = user;
	}

	@Override
	public Flux<Connection> list() {
		return this.delegate.list();
	}

	@Override
	public Mono<List<Connection>> snapshot() {
		return this.delegate.snapshot();
	}

	@Override
	public Mono<Connection> get(String slug) {
		return Mono.defer(() -> {
			if (this.vendoMode) {
				this.state.failConnection(slug, this.user);
			}
			return this.delegate.get(slug);
		});
	}

}
