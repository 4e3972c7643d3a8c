package run.vendo.event;

import org.jspecify.annotations.Nullable;

import run.vendo.connection.ConnectionStatus;

/**
 * A connection has another status: {@code connection.status_changed}.
 *
 * @param envelope what every event has
 * @param slug the provider
 * @param connectionId the id of the connection, or {@code null} when not said
 * @param status the status it has now
 * @since 0.1.0
 */
public record ConnectionStatusChanged(EventEnvelope envelope, String slug, @Nullable String connectionId,
		ConnectionStatus status) implements ConnectionEvent {

}
