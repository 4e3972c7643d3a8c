package run.vendo.autoconfigure.event;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import run.vendo.event.EventKind;
import run.vendo.event.VendoEvent;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link EventStatistics}.
 */
class EventStatisticsTests {

	private static final Instant NOW = Instant.parse("2026-05-20T12:00:10Z");

	private final EventStatistics statistics = new EventStatistics();

	private static VendoEvent at(String time) {
		return VendoEvent.of("deployment.updated", "{\"id\":\"e1\",\"at\":\"" + time + "\"}");
	}

	@Test
	void lagIsTheTimeSinceTheEventHappened() {
		this.statistics.delivered(at("2026-05-20T12:00:07Z"), NOW);
		this.statistics.delivered(at("2026-05-20T12:00:09.500Z"), NOW);
		assertThat(this.statistics.timed()).isEqualTo(2);
		assertThat(this.statistics.lagMillis()).isEqualTo(3500);
	}

	@Test
	void whenTheClocksDifferThenLagIsNotNegative() {
		this.statistics.delivered(at("2026-05-20T12:00:11Z"), NOW);
		assertThat(this.statistics.timed()).isEqualTo(1);
		assertThat(this.statistics.lagMillis()).isZero();
	}

	@Test
	void whenEventDoesNotSayWhenThenIsCountedAndNotTimed() {
		this.statistics.delivered(VendoEvent.of("deployment.updated", "{\"id\":\"e1\"}"), NOW);
		assertThat(this.statistics.delivered("deployment.updated")).isEqualTo(1);
		assertThat(this.statistics.timed()).isZero();
	}

	@Test
	void everyKindThereIsHasACounterOfItsOwn() throws IllegalAccessException {
		for (var field : EventKind.class.getFields()) {
			EventKind kind = (EventKind) field.get(null);
			this.statistics.delivered(VendoEvent.of(kind.value(), "{}"), NOW);
			assertThat(this.statistics.delivered(kind.value())).as(kind.value()).isEqualTo(1);
		}
		assertThat(this.statistics.delivered("other")).isZero();
	}

}
