package run.vendo.event;

import org.jspecify.annotations.Nullable;

/**
 * A provider's consent has to be given again: {@code connection.needs_reauth}.
 *
 * @param envelope what every event has
 * @param slug the provider
 * @param connectionId the id of the connection, or {@code null} when not said
 * @since 0.1.0
 */
public record ConnectionNeedsReauth(EventEnvelope envelope, String slug,
		@Nullable String connectionId) implements ConnectionEvent {

}
