package run.vendo.autoconfigure.actuate;

import java.util.function.Supplier;

import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;

/**
 * Tells what is known already, on the thread that asks.
 */
final class ReactiveSnapshotHealthIndicator implements ReactiveHealthIndicator {

	private final Supplier<Health> health;

	ReactiveSnapshotHealthIndicator(Supplier<Health> health) {
		this.health = health;
	}

	@Override
	public Mono<Health> health() {
		return Mono.fromSupplier(this.health);
	}

}
