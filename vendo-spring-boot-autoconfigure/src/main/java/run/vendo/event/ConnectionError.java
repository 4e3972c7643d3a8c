package run.vendo.event;

import org.jspecify.annotations.Nullable;

/**
 * A connection does not work: {@code connection.error}.
 *
 * @param envelope what every event has
 * @param slug the provider
 * @param message what is wrong, in the platform's words, or {@code null} when not said
 * @since 0.1.0
 */
public record ConnectionError(EventEnvelope envelope, String slug,
		@Nullable String message) implements ConnectionEvent {

}
