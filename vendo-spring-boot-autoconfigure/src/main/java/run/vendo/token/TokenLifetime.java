package run.vendo.token;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * How long a token is good for that is kept in a {@link TokenCache}. The token itself is
 * not part of it.
 *
 * @param expiresAt when the provider stops accepting it, or {@code null} when not said
 * @param usableUntil when it stops being handed out
 * @since 0.1.0
 */
public record TokenLifetime(@Nullable Instant expiresAt, Instant usableUntil) {

}
