package run.vendo.test;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/**
 * An event the platform has emitted.
 *
 * @param streamId the id of its block in the stream, which {@code Last-Event-ID} refers
 * to
 * @param id the id in its payload, by which a repeat can be told
 * @param at when it happened, by the platform's clock
 * @param kind what happened
 * @param payload all of its payload
 * @since 0.1.0
 */
public record PlatformEvent(String streamId, String id, Instant at, String kind, JsonNode payload) {

}
