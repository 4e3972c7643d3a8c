package run.vendo.autoconfigure.actuate;

import java.util.function.Supplier;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Tells what is known already.
 */
final class SnapshotHealthIndicator implements HealthIndicator {

	private final Supplier<Health> health;

	SnapshotHealthIndicator(Supplier<Health> health) {
		this.health = health;
	}

	@Override
	public Health health() {
		return this.health.get();
	}

}
