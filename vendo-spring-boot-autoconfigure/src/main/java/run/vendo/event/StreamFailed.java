package run.vendo.event;

import run.vendo.error.VendoException;

/**
 * The stream has ended for good, and no further event follows. Raised here, never sent.
 *
 * @param envelope what every event has
 * @param cause why the stream has ended
 * @since 0.1.0
 */
public record StreamFailed(EventEnvelope envelope, VendoException cause) implements VendoEvent {

}
