package run.vendo.test;

/**
 * A webhook the platform has sent, or tried to.
 *
 * @param id the id of the event, as in {@code Vendo-Event-Id}
 * @param type what it tells of
 * @param status the last answer's status, or 0 if there was no answer
 * @param attempts how often it was sent
 * @since 0.1.0
 * @see VendoPlatform#webhookDeliveries()
 */
public record PlatformDelivery(String id, String type, int status, int attempts) {

}
