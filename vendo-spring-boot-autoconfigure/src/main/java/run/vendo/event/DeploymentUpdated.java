package run.vendo.event;

/**
 * The deployment was updated: {@code deployment.updated}.
 *
 * @param envelope what every event has
 * @since 0.1.0
 */
public record DeploymentUpdated(EventEnvelope envelope) implements VendoEvent {

}
