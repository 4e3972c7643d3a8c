package run.vendo.event;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link EventStreamOptions}.
 */
class EventStreamOptionsTests {

	private final EventStreamOptions options = EventStreamOptions.defaults();

	@Test
	void defaultsAreThoseOfThePlatform() {
		assertThat(this.options.maxReconnects()).isEqualTo(3);
		assertThat(this.options.initialBackoff()).isEqualTo(Duration.ofSeconds(1));
		assertThat(this.options.maxBackoff()).isEqualTo(Duration.ofSeconds(60));
		assertThat(this.options.idleTimeout()).isEqualTo(Duration.ofSeconds(60));
		assertThat(this.options.connectTimeout()).isEqualTo(Duration.ofSeconds(30));
		assertThat(this.options.maxEventSize()).isEqualTo(1024 * 1024);
		assertThat(this.options.lastEventId()).isNull();
		assertThat(this.options.cursor()).isNull();
	}

	@Test
	void eachIsSetWithoutTheOthers() {
		EventCursor cursor = EventCursor.create();
		EventStreamListener listener = new EventStreamListener() {
		};
		Duration second = Duration.ofSeconds(1);
		EventStreamOptions all = this.options.withListener(listener)
			.withCursor(cursor)
			.withLastEventId("7")
			.withMaxEventSize(8)
			.withConnectTimeout(second.multipliedBy(9))
			.withIdleTimeout(second.multipliedBy(10))
			.withBackoff(second.multipliedBy(11), second.multipliedBy(12))
			.withMaxReconnects(13);
		assertThat(all).isEqualTo(new EventStreamOptions(13, second.multipliedBy(11), second.multipliedBy(12),
				second.multipliedBy(10), second.multipliedBy(9), 8, "7", cursor, listener));
	}

	@Test
	void whenAValueMakesNoSenseThenItIsRefused() {
		Duration zero = Duration.ZERO;
		assertThatIllegalArgumentException().isThrownBy(() -> this.options.withBackoff(Duration.ofMillis(-1), zero))
			.withMessageContaining("initialBackoff");
		assertThatIllegalArgumentException().isThrownBy(() -> this.options.withBackoff(Duration.ofMillis(2), zero))
			.withMessageContaining("maxBackoff");
		assertThatIllegalArgumentException().isThrownBy(() -> this.options.withIdleTimeout(zero))
			.withMessageContaining("idleTimeout");
		assertThatIllegalArgumentException().isThrownBy(() -> this.options.withConnectTimeout(zero))
			.withMessageContaining("connectTimeout");
		assertThatIllegalArgumentException().isThrownBy(() -> this.options.withMaxEventSize(0))
			.withMessageContaining("maxEventSize");
	}

}
